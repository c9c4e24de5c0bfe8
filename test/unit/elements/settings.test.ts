import { readFile } from 'node:fs/promises';

import axe from 'axe-core';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { type ElementsHost, type OpenOptions, startElementsHost } from './page.ts';

const SETTINGS = '<roost-settings app="Stories" privacy-url="https://example.com/privacy"></roost-settings>';
const NORMAL_PENDING = {
  events: 2,
  crashes: 1,
  bytes: 1432,
  oldest: null,
  lastSent: null,
  health: { storage: 'better-sqlite3' as const, durable: true, problems: [] },
};

/** Pages of a real browser, on a machine that may be busy. */
vi.setConfig({ testTimeout: 90_000 });

let host: ElementsHost;
beforeAll(async () => {
  host = await startElementsHost();
});
afterAll(() => host.close());

async function withSettings(
  scenario: (page: Page, problems: string[]) => Promise<void>,
  options?: OpenOptions & { body?: string },
): Promise<void> {
  const { page, problems } = await host.open(options?.body ?? SETTINGS, options);
  try {
    await scenario(page, problems);
  } finally {
    await page.context().close();
  }
}

const usageSwitch = (page: Page): Locator => page.getByRole('switch', { name: 'Share Anonymous Usage Data' });
const calls = (page: Page): Promise<string[]> => page.evaluate(() => window.fake.calls);

async function violations(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run());
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

declare global {
  interface Window {
    axe: typeof axe;
  }
}

describe('consent', () => {
  test('shows the state, in the words of the contract', () =>
    withSettings(async (page, problems) => {
      await expect.poll(() => usageSwitch(page).isChecked()).toBe(true);
      await expect
        .poll(() =>
          page.getByText('Help improve Stories by sharing anonymous usage statistics.').textContent(),
        )
        .toBe(
          'Help improve Stories by sharing anonymous usage statistics. We never collect your transcriptions, API keys, or personal information.',
        );
      expect(problems).toEqual([]);
    }));

  test('both switches work by keyboard alone', () =>
    withSettings(async (page) => {
      await page.keyboard.press('Tab');
      await page.keyboard.press('Space');
      await expect.poll(() => calls(page)).toContain('setEnabled false');
      await page.getByText('More options').focus();
      await page.keyboard.press('Enter');
      await page.getByRole('switch', { name: 'Send crash reports' }).focus();
      await page.keyboard.press('Space');
      await expect.poll(() => calls(page)).toContain('setCrashReportsEnabled false');
    }));

  test('follows a change made in another window or in the file', () =>
    withSettings(async (page) => {
      await expect.poll(() => usageSwitch(page).isChecked()).toBe(true);
      await page.evaluate(() => window.fake.push({ usageEnabled: false }));
      await expect.poll(() => usageSwitch(page).isChecked()).toBe(false);
    }));

  test('goes back and says so where the change failed', () =>
    withSettings(async (page) => {
      await expect.poll(() => usageSwitch(page).isEnabled()).toBe(true);
      await page.evaluate(() => {
        window.fake.fails = true;
      });
      await usageSwitch(page).click();
      await expect.poll(() => page.getByRole('status').first().textContent()).toContain('did not work');
      expect(await usageSwitch(page).isChecked()).toBe(true);
    }));

  test('is locked, with the reason, while the settings file cannot be read', () =>
    withSettings(async (page) => {
      await page.evaluate(() => window.fake.push({ consentKnown: false }));
      await expect.poll(() => usageSwitch(page).isDisabled()).toBe(true);
      expect(await page.getByText('settings file cannot be read').first().isVisible()).toBe(true);
    }));

  test('stops listening when it leaves the page', () =>
    withSettings(async (page) => {
      expect(await page.evaluate(() => window.fake.listenerCount())).toBe(1);
      await page.evaluate(() => document.querySelector('roost-settings')?.remove());
      expect(await page.evaluate(() => window.fake.listenerCount())).toBe(0);
    }));

  test('says plainly that nothing is collected where the preload is missing', () =>
    withSettings(
      async (page, problems) => {
        await expect.poll(() => page.getByText('Telemetry is not running').isVisible()).toBe(true);
        expect(problems).toEqual([expect.stringContaining('preload')]);
      },
      { query: '?no-bridge' },
    ));
});

describe('what is waiting', () => {
  test('lists the records exactly as they will travel', () =>
    withSettings(async (page) => {
      await page.getByRole('button', { name: 'See what is waiting to be sent' }).click();
      await page.getByText('recording_completed').first().click();
      const shown = await page.locator('.records details[open] pre').textContent();
      expect(JSON.parse(shown ?? '')).toEqual(await page.evaluate(() => window.fake.records[2]));
      await expect
        .poll(() => page.getByText('2 usage events, 1 crash report · 1.4 kB').isVisible())
        .toBe(true);
      expect(await page.getByText('Last sent: 8 records, Jun 1, 2026').isVisible()).toBe(true);
    }));

  test('stays up to date, keeps an opened record open, and says what was never sent', () =>
    withSettings(async (page) => {
      await page.getByRole('button', { name: 'See what is waiting to be sent' }).click();
      await page.getByText('recording_completed').first().click();
      await page.evaluate((pending) => {
        window.fake.records = window.fake.records.slice(2);
        window.fake.push({
          pending: {
            ...pending,
            dropped: { rejected_erased: 1, malformed: 0, rejected_too_old: 3, queue_full: 2 },
          },
        });
      }, NORMAL_PENDING);
      await expect.poll(() => page.locator('.records li').count()).toBe(1);
      expect(await page.locator('.records details[open]').count()).toBe(1);
      expect(await page.locator('.totals').innerText()).toBe(
        'Refused by the server\n4\nThe queue was full\n2',
      );
    }));

  test('is copied, or selected where the clipboard is forbidden', () =>
    withSettings(
      async (page) => {
        await page.getByRole('button', { name: 'See what is waiting to be sent' }).click();
        await page.getByRole('button', { name: 'Copy all' }).click();
        await expect.poll(() => page.getByText('Copied.').isVisible()).toBe(true);
        const copied = await page.evaluate(() => navigator.clipboard.readText());
        expect(JSON.parse(copied)).toHaveLength(3);
        await page.evaluate(() => {
          navigator.clipboard.writeText = () => Promise.reject(new Error('forbidden'));
        });
        await page.getByRole('button', { name: 'Copy all' }).click();
        await expect.poll(() => page.getByText('The text is selected').isVisible()).toBe(true);
      },
      { permissions: ['clipboard-read', 'clipboard-write'] },
    ));

  test('an empty queue, memory storage and a pause each have their sentence', () =>
    withSettings(async (page) => {
      await page.evaluate((pending) => {
        window.fake.records = [];
        const health = { storage: 'memory' as const, durable: false, problems: ['disk full'] };
        window.fake.push({
          noticeRequired: true,
          pending: { ...pending, events: 0, crashes: 0, dropped: {}, health },
        });
      }, NORMAL_PENDING);
      expect(await page.getByText('Nothing can be stored on this disk').isVisible()).toBe(true);
      await page.getByRole('button', { name: 'See what is waiting to be sent' }).click();
      expect(await page.getByText('Nothing is waiting.').isVisible()).toBe(true);
      expect(await page.getByText('held back until').isVisible()).toBe(true);
      expect(await page.getByText('Nothing was sent yet.').isVisible()).toBe(true);
    }));
});

describe('the user’s data', () => {
  test('is exported as one JSON file', () =>
    withSettings(async (page) => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Export my data' }).click(),
      ]);
      expect(download.suggestedFilename()).toBe('stories-my-data.json');
      const data = JSON.parse(await readFile(await download.path(), 'utf8')) as Record<string, unknown>;
      expect(Object.keys(data)).toEqual(['user_id', 'queued', 'server']);
      await expect.poll(() => page.getByText('Saved as one file').isVisible()).toBe(true);
    }));

  test('may be saved by the app itself, and the missing server is said', () =>
    withSettings(async (page) => {
      await page.evaluate(() => {
        window.fake.server = null;
        document.addEventListener('roost-export', (event) => {
          event.preventDefault();
          document.title = `saved ${(event as CustomEvent<{ queued: unknown[] }>).detail.queued.length}`;
        });
      });
      await page.getByRole('button', { name: 'Export my data' }).click();
      await expect.poll(() => page.title()).toBe('saved 3');
      await expect
        .poll(() => page.getByText('The server could not be reached').first().isVisible())
        .toBe(true);
    }));

  test('is deleted after one question, and the numbers are said', () =>
    withSettings(async (page) => {
      await page.getByRole('button', { name: 'Delete my data' }).click();
      await page.keyboard.press('Escape');
      expect(await calls(page)).not.toContain('forgetMe');
      await page.getByRole('button', { name: 'Delete my data' }).click();
      await page.getByRole('button', { name: 'Delete', exact: true }).click();
      await expect
        .poll(() => page.getByText('Deleted from the server: 12 usage events, 1 crash report.').isVisible())
        .toBe(true);
    }));

  test('a deletion that waits for the server is said, at once and later', () =>
    withSettings(async (page) => {
      await page.evaluate(() => {
        window.fake.forget = { pending: true };
      });
      await page.getByRole('button', { name: 'Delete my data' }).click();
      await page.getByRole('button', { name: 'Delete', exact: true }).click();
      await expect.poll(() => page.getByText('the request is kept').isVisible()).toBe(true);
      await page.reload();
      await page.evaluate(() => window.fake.push({ erasurePending: true }));
      await expect.poll(() => page.getByText('A deletion is waiting').isVisible()).toBe(true);
    }));
});

describe('for everyone', () => {
  test.for([
    ['light', 'lang="en"'],
    ['dark', 'lang="es" dir="rtl"'],
  ] as const)('axe finds nothing, dialogs included: %s, %s', ([colorScheme, html]) =>
    withSettings(
      async (page) => {
        await page.locator('details > summary').first().click();
        expect(await violations(page)).toEqual([]);
        const links = page.locator('button.link');
        for (const link of await links.all()) {
          await link.click();
          expect(await violations(page)).toEqual([]);
          await page.keyboard.press('Escape');
        }
        await page.locator('button.plain').nth(1).click();
        expect(await violations(page)).toEqual([]);
      },
      { colorScheme, html, reducedMotion: 'reduce' },
    ),
  );

  test('speaks Spanish where the page does, and takes texts of the app', () =>
    withSettings(
      async (page) => {
        expect(await page.getByText('Compartir datos de uso anónimos').first().isVisible()).toBe(true);
        await page.evaluate(() => {
          document.querySelector('roost-settings')!.strings = { shareUsage: 'Mándanos algo, {app}' };
        });
        expect(await page.getByText('Mándanos algo, Stories').isVisible()).toBe(true);
        expect(await page.getByText('Más información sobre privacidad').isVisible()).toBe(true);
      },
      { html: 'lang="es-MX"' },
    ));

  test('takes what a framework sets as properties, before and after it is defined', () =>
    withSettings(
      async (page) => {
        await page.evaluate(() => {
          const early = document.querySelector('early-settings')!;
          Object.assign(early, { app: 'Diary', strings: { copy: 'Kopieren' } });
          customElements.define('early-settings', class extends customElements.get('roost-settings')! {});
        });
        expect(await page.getByText('Help improve Diary').isVisible()).toBe(true);
        await page.evaluate(() => Object.assign(document.querySelector('early-settings')!, { app: 'Tales' }));
        expect(await page.getByText('Help improve Tales').isVisible()).toBe(true);
      },
      { body: '<early-settings></early-settings>' },
    ));

  test('a second copy of the library in the page is told in one line', () =>
    withSettings(async (page, problems) => {
      await page.evaluate(`import('/elements.js?copy')`);
      await expect
        .poll(() => problems)
        .toEqual([
          expect.stringContaining('<roost-settings> is defined already: two copies'),
          expect.stringContaining('<roost-first-run-notice>'),
        ]);
    }));

  test('a malformed language does no harm', () =>
    withSettings(async (page) => expect(await usageSwitch(page).isVisible()).toBe(true), {
      html: 'lang="not a language"',
    }));

  test('themes by CSS variables', () =>
    withSettings(
      async (page) => {
        await page.evaluate(() => {
          document.querySelector('roost-settings')!.style.setProperty('--roost-accent', 'rgb(1, 2, 3)');
        });
        const background = () =>
          usageSwitch(page).evaluate((input) => getComputedStyle(input).backgroundColor);
        await expect.poll(background).toBe('rgb(1, 2, 3)');
      },
      { reducedMotion: 'reduce' },
    ));

  test('gives the focus back to the button that opened a dialog', () =>
    withSettings(async (page) => {
      const opener = page.getByRole('button', { name: 'Learn more about privacy' });
      await opener.focus();
      await page.keyboard.press('Enter');
      expect(await page.getByRole('dialog', { name: 'Privacy' }).isVisible()).toBe(true);
      await page.keyboard.press('Escape');
      expect(
        await opener.evaluate((button) => (button.getRootNode() as ShadowRoot).activeElement === button),
      ).toBe(true);
    }));

  test('fits a phone', () =>
    withSettings(
      async (page) => {
        await page.getByRole('button', { name: 'See what is waiting to be sent' }).click();
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(width).toBeLessThanOrEqual(360);
      },
      { viewport: { width: 360, height: 640 } },
    ));
});
