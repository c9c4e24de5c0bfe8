import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import type { SettingsState } from '../../../renderer/bridge.ts';
import { type ElementsHost, startElementsHost } from './page.ts';

/** Pages of a real browser, on a machine that may be busy. */
vi.setConfig({ testTimeout: 90_000 });

let host: ElementsHost;
beforeAll(async () => {
  host = await startElementsHost();
});
afterAll(() => host.close());

/** The notice is put into the page once `state` holds: the first state is what decides. */
async function withNotice(
  state: Partial<SettingsState>,
  scenario: (page: Page, problems: string[]) => Promise<void>,
): Promise<void> {
  const { page, problems } = await host.open('');
  try {
    await page.evaluate((change) => {
      window.fake.push(change);
      const notice = document.createElement('roost-first-run-notice');
      notice.setAttribute('app', 'Stories');
      document.querySelector('main')?.append(notice);
    }, state);
    await expect.poll(() => calls(page)).toContain('getState');
    await scenario(page, problems);
  } finally {
    await page.context().close();
  }
}

const calls = (page: Page): Promise<string[]> => page.evaluate(() => window.fake.calls);
const card = (page: Page) => page.getByRole('region');

test('is shown once, recorded when it is on the screen, and closed by one click', () =>
  withNotice({}, async (page, problems) => {
    await expect
      .poll(() => card(page).getByText('Stories shares anonymous usage data').isVisible())
      .toBe(true);
    await expect.poll(() => calls(page)).toContain('noticeShown');
    expect(await card(page).isVisible()).toBe(true);
    await page.getByRole('button', { name: 'OK' }).click();
    await expect.poll(() => card(page).count()).toBe(0);
    expect(await calls(page)).not.toContain('setEnabled false');
    expect(problems).toEqual([]);
  }));

test('refusing switches usage data off', () =>
  withNotice({}, async (page) => {
    await page.getByRole('button', { name: 'Switch it off' }).click();
    await expect.poll(() => calls(page)).toContain('setEnabled false');
    await expect.poll(() => card(page).count()).toBe(0);
  }));

test('asks under opt-in, is answered by keyboard, and counts as shown only then', () =>
  withNotice({ consentMode: 'opt-in', usageEnabled: false }, async (page) => {
    await expect.poll(() => page.getByText('Share anonymous usage data?').isVisible()).toBe(true);
    expect(await calls(page)).not.toContain('noticeShown');
    await page.getByRole('button', { name: 'Share' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await calls(page)).slice(-2)).toEqual(['setEnabled true', 'noticeShown']);
  }));

test('stays while nobody has answered, whatever texts it is given meanwhile', () =>
  withNotice({}, async (page) => {
    await expect.poll(() => calls(page)).toContain('noticeShown');
    await page.evaluate(() => {
      window.fake.push({});
      document.querySelector('roost-first-run-notice')!.strings = { noticeAccept: 'Alles klar' };
    });
    await expect.poll(() => page.getByRole('button', { name: 'Alles klar' }).isVisible()).toBe(true);
  }));

test('stays and says so where the answer could not be kept', () =>
  withNotice({}, async (page, problems) => {
    await expect.poll(() => calls(page)).toContain('noticeShown');
    await page.evaluate(() => {
      window.fake.fails = true;
    });
    await page.getByRole('button', { name: 'Switch it off' }).click();
    await expect.poll(() => page.getByRole('status').textContent()).toContain('did not work');
    expect(problems).toEqual([]);
  }));

test.for([
  ['it was shown before', { noticeShown: true }],
  ['the user has refused already', { usageEnabled: false }],
  ['config.json cannot be read', { consentKnown: false }],
] as const)('stays away where %s', ([, state]) =>
  withNotice(state, async (page) => {
    await page.evaluate(() => new Promise(requestAnimationFrame));
    expect(await card(page).count()).toBe(0);
    expect(await calls(page)).not.toContain('noticeShown');
  }),
);

test('axe finds nothing', () =>
  withNotice({}, async (page) => {
    await expect.poll(() => card(page).isVisible()).toBe(true);
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => window.axe.run());
    expect(violations.map(({ id }) => id)).toEqual([]);
  }));
