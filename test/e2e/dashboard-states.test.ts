/** The dashboard in every state it can be in, held to accessibility, privacy and weight. */
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { launchChromium } from '../electron-double/chromium.ts';
import { openDashboard, sendTrace, settled, tooWide, TRACE_RANGE, violations } from '../helpers/dashboard.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const MAX_FIRST_LOAD_BYTES = 120 * 1024;
const PHONE = { width: 360, height: 740 };

// A browser beside other tests on two cores takes its time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let browser: Browser;
let server: TestServer;

beforeAll(async () => {
  [browser, server] = await Promise.all([launchChromium(), startTestServer()]);
  await sendTrace(server);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const PAGES = ['', 'page=crashes&', 'page=events&', 'page=live&', 'page=delivery&', 'page=settings&'];

test.each([
  { name: 'desktop, light', viewport: { width: 1440, height: 900 }, colorScheme: 'light' as const },
  { name: 'phone, dark', viewport: PHONE, colorScheme: 'dark' as const },
])(
  'every page is accessible and fits: $name',
  async ({ viewport, colorScheme }) => {
    const { page, problems, close } = await openDashboard(browser, server, '?page=settings', {
      viewport,
      colorScheme,
    });
    for (const name of PAGES) {
      await page.goto(`${server.url}/dashboard?${name}${TRACE_RANGE}`);
      await settled(page);
      expect(await violations(page), name).toEqual([]);
      expect(await tooWide(page), name).toEqual([]);
    }
    expect(problems).toEqual([]);
    await close();
  },
  120_000,
);

describe('states', () => {
  test('open panels and details are accessible', async () => {
    const { page, close } = await openDashboard(browser, server, `?page=crashes&${TRACE_RANGE}`);
    await settled(page);
    await page.getByRole('button', { name: /1 Jun/ }).click();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Version/ }).click();
    await page.getByRole('checkbox', { name: '1.1.0' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.locator('.groups a').first().click();
    await page.locator('.report').waitFor();
    expect(await violations(page)).toEqual([]);
    await close();
  });

  test('first run: how to begin, a test event, and where it went', async () => {
    const empty = await startTestServer();
    const { page, problems, close } = await openDashboard(browser, empty);
    await page.getByText('Nothing from production yet').waitFor();
    expect(await page.locator('pre').innerText()).toContain(`endpoint: '${empty.url}'`);
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Send a test event' }).click();
    await page.getByText('was sent and stored').waitFor();
    await page.getByRole('button', { name: 'Show development' }).click();
    await page.locator('#overview').waitFor();
    await expect
      .poll(() => page.locator('#overview data').first().innerText(), { timeout: 20_000 })
      .toBe('1');
    expect(problems).toEqual([]);
    await close();
    await empty.close();
  });

  test('an error is told in plain words, and a retry mends it', async () => {
    const { page, close } = await openDashboard(browser, server, '?page=settings');
    await page.route('**/stats/events?*', (route) =>
      route.fulfill({ status: 503, json: { error: { code: 'unavailable', message: 'away' } } }),
    );
    await page.getByRole('link', { name: 'Events' }).click();
    await page
      .getByRole('alert')
      .getByText('The server cannot reach its database at the moment.')
      .first()
      .waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.unroute('**/stats/events?*');
    await page.getByRole('link', { name: 'app_opened' }).waitFor();
    await close();
  });

  test('a lost connection is told with the age of the figures, and mended', async () => {
    const { page, close } = await openDashboard(browser, server, `?page=events&${TRACE_RANGE}`);
    await settled(page);
    await page.getByText('Live', { exact: false }).first().waitFor();
    await page.context().setOffline(true);
    await page.getByText(/The server does not answer\. The figures are from .* UTC/).waitFor();
    expect(await page.getByRole('link', { name: 'app_opened' }).isVisible()).toBe(true);
    expect(await violations(page)).toEqual([]);
    await page.context().setOffline(false);
    await page.getByText(/The server does not answer/).waitFor({ state: 'hidden' });
    await close();
  });

  test('figures of a server that is behind are told with their moment, until it has caught up', async () => {
    const { page, problems, close } = await openDashboard(browser, server, '?page=settings');
    await settled(page);
    const asOf = new Date(Date.now() - 60_000);
    await page.route('**/stats?*', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({
        response: answer,
        headers: { ...answer.headers(), 'roost-as-of': asOf.toISOString() },
      });
    });
    await page.getByRole('link', { name: 'Figures' }).click();
    await page.getByText(`Figures as of ${asOf.toISOString().slice(11, 19)} UTC`).waitFor();
    await page.unroute('**/stats?*');
    await page.locator('.freshness[data-state=live]').waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test('a hidden tab asks nothing', async () => {
    const { page, close } = await openDashboard(browser, server, `?page=delivery`);
    await settled(page);
    let asked = 0;
    page.on('request', () => (asked += 1));
    await page.clock.install();
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { get: () => true, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await page.clock.runFor(120_000);
    const whileHidden = asked;
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { get: () => false, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await expect.poll(() => asked, { timeout: 20_000 }).toBeGreaterThan(whileHidden);
    // One request may have been under way when the tab was hidden.
    expect(whileHidden).toBeLessThanOrEqual(2);
    await close();
  });

  test('the theme is switched, kept, and drawn by the charts too', async () => {
    const { page, close } = await openDashboard(browser, server, '?page=settings', { colorScheme: 'light' });
    const background = (): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await background();
    await page.getByLabel('Theme').selectOption('dark');
    expect(await background()).not.toBe(light);
    await page.reload();
    expect(await background()).not.toBe(light);
    await page.emulateMedia({ media: 'print' });
    await expect.poll(background, { timeout: 20_000 }).toBe(light);
    await close();
  });
});

describe('delivery of the page', () => {
  test('it works behind a proxy with a path prefix, and from a link with a slash too many', async () => {
    const proxy = await startPrefixProxy('/telemetry', server.url);
    const { port } = proxy.address() as AddressInfo;
    const { page, problems, close } = await openDashboard(
      browser,
      { url: `http://127.0.0.1:${port}/telemetry` },
      `/?page=events&${TRACE_RANGE}`,
    );
    await settled(page);
    await page.getByRole('link', { name: 'recording_completed' }).click();
    await page.getByRole('heading', { name: 'recording completed' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/telemetry/dashboard');
    expect(problems.filter((problem) => !problem.startsWith('asked '))).toEqual([]);
    await close();
    await new Promise((resolve) => proxy.close(resolve));
  });

  test('the first load is light, its parts are cached for good, and strangers see nothing of it', async () => {
    const headers = { ...server.adminHeaders, 'accept-encoding': 'gzip' };
    const html = await fetch(`${server.url}/dashboard`, { headers });
    const markup = await html.text();
    const assets = [...markup.matchAll(/(?:src|href)="(\.\/[^"]+)"/g)].map(([, path]) => path ?? '');
    expect(assets.length).toBeGreaterThanOrEqual(3);
    let bytes = Number(html.headers.get('content-length'));
    for (const path of new Set(assets)) {
      const asset = await fetch(new URL(path, `${server.url}/dashboard`), { headers });
      expect(asset.headers.get('content-encoding'), path).toBe('gzip');
      expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      bytes += Number(asset.headers.get('content-length'));
    }
    expect(bytes).toBeLessThanOrEqual(MAX_FIRST_LOAD_BYTES);
    expect(html.headers.get('content-security-policy')).toContain(`require-trusted-types-for 'script'`);
    expect((await fetch(`${server.url}/dashboard`)).status).toBe(401);
    for (const path of assets)
      expect((await fetch(new URL(path, `${server.url}/dashboard`))).status).toBe(401);
  });
});

/** What nginx does with `location /prefix/ { proxy_pass …/; }`. */
async function startPrefixProxy(prefix: string, target: string): Promise<Server> {
  const proxy = createServer((incoming, answer) => {
    const path = incoming.url?.slice(prefix.length) || '/';
    const forwarded = httpRequest(new URL(path, target), {
      method: incoming.method,
      headers: incoming.headers,
    });
    forwarded.on('response', (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    forwarded.on('error', () => answer.destroy());
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return proxy;
}
