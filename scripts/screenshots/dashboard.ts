/** Pictures of the dashboard over a made population: `node scripts/screenshots/dashboard.ts [FOLDER]`, default docs/images. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

import { makePopulation } from '../../demo/simulate/population.ts';
import { sendAll } from '../../demo/simulate/sender.ts';
import { choosePort } from '../../demo/tour/choose-port.ts';
import { startServerProcess } from '../../demo/tour/server-process.ts';
import { waitUntil } from '../../demo/tour/wait-until.ts';
import { launchChromium } from '../../test/electron-double/chromium.ts';

const DAY_MS = 86_400_000;
const LOGIN = { user: 'demo', password: 'screenshots' };
const INGEST_KEY = 'pub_demo';
const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
/** Aggregating the whole population at once, on a slow machine. */
const READY_TIMEOUT_MS = 300_000;

export async function takeDashboardScreenshots(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const home = mkdtempSync(join(tmpdir(), 'roost-screenshots-'));
  const server = await startServerProcess({
    port: await choosePort(),
    dataDir: join(home, 'server'),
    ingestKey: INGEST_KEY,
    dashboard: LOGIN,
  });
  const browser = await launchChromium();
  try {
    await takeWith(browser, server.url, folder);
  } finally {
    await browser.close();
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

async function takeWith(browser: Browser, url: string, folder: string): Promise<void> {
  async function shoot(
    name: string,
    address: string,
    options: BrowserContextOptions = {},
    prepare?: (page: Page) => Promise<unknown>,
  ): Promise<void> {
    const context = await browser.newContext({
      viewport: DESKTOP,
      deviceScaleFactor: 1.5,
      reducedMotion: 'reduce',
      httpCredentials: { username: LOGIN.user, password: LOGIN.password },
      ...options,
    });
    const page = await context.newPage();
    await page.goto(`${url}/dashboard${address}`);
    await page.locator('.freshness[data-state=live]').waitFor();
    await page.waitForFunction(() =>
      [...document.querySelectorAll('.section')].every(({ ariaBusy }) => ariaBusy === 'false'),
    );
    await prepare?.(page);
    await page.screenshot({ path: join(folder, `${name}.png`) });
    await context.close();
  }

  await shoot('dashboard-first-run', '');
  const range = await populate(url);
  await shoot('dashboard', `?${range}`);
  await shoot('dashboard-dark', `?${range}`, { colorScheme: 'dark' }, (page) =>
    page.locator('#cohorts').evaluate((section) => section.scrollIntoView()),
  );
  await shoot('dashboard-phone', `?${range}`, { viewport: PHONE, colorScheme: 'dark' });
  await shoot('dashboard-stability', `?${range}`, {}, (page) =>
    page.locator('#stability').evaluate((section) => section.scrollIntoView()),
  );
  await shoot('dashboard-crash', `?page=crashes&${range}`, {}, async (page) => {
    await page.locator('.groups a').first().click();
    await page.locator('.report').scrollIntoViewIfNeeded();
  });
  await shoot('dashboard-native', `?page=crashes&module=recorder.node&${range}`, {}, async (page) => {
    await page.locator('.groups a').first().click();
    await page.locator('.native-frames').waitFor();
    await page.locator('.report').evaluate((report) => report.scrollIntoView({ block: 'end' }));
  });
  await shoot('dashboard-event', `?page=events&item=recording_completed&${range}`, {}, (page) =>
    page.locator('.cards table').first().waitFor(),
  );
  await shoot('dashboard-live', '?page=live');
  await shootReport(browser, url, folder);
}

/** The weekly report as its mail looks, whole. */
async function shootReport(browser: Browser, url: string, folder: string): Promise<void> {
  const context = await browser.newContext({
    viewport: { width: 680, height: 800 },
    deviceScaleFactor: 1.5,
    httpCredentials: { username: LOGIN.user, password: LOGIN.password },
  });
  const page = await context.newPage();
  await page.goto(`${url}/dashboard/report`);
  await page.screenshot({ path: join(folder, 'weekly-report.png'), fullPage: true });
  await context.close();
}

/** Some hundred installs up to the end of yesterday; returns the query of the last 30 of these days. */
async function populate(url: string): Promise<string> {
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const day = (daysAgo: number): string => new Date(today - daysAgo * DAY_MS).toISOString().slice(0, 10);
  await sendAll(makePopulation({ users: 600, days: 75, seed: 7, until: today - 1 }), {
    endpoint: url,
    ingestKey: INGEST_KEY,
    signal: AbortSignal.timeout(READY_TIMEOUT_MS),
    onSettled() {},
    onWait() {},
  });
  const authorization = `Basic ${Buffer.from(`${LOGIN.user}:${LOGIN.password}`).toString('base64')}`;
  const sent = Date.now();
  await waitUntil(
    'the figures to be complete',
    async () => {
      const answer = await fetch(`${url}/stats`, { headers: { authorization } });
      const { as_of } = (await answer.json()) as { as_of: string };
      return Date.parse(as_of) >= sent;
    },
    READY_TIMEOUT_MS,
  );
  return `from=${day(30)}&to=${day(1)}`;
}

if (import.meta.main) {
  const images = join(dirname(dirname(import.meta.dirname)), 'docs', 'images');
  await takeDashboardScreenshots(process.argv[2] ?? images);
}
