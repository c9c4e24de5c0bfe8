/** The dashboard in a real Chromium, against a real server: what it shows, and how it is used. */
import { readFileSync } from 'node:fs';

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';

import type { Stats } from '../../dashboard/api-types.ts';
import { launchChromium } from '../electron-double/chromium.ts';
import {
  figuresOf,
  openDashboard,
  type OpenedDashboard,
  sendTrace,
  settled,
  tableOf,
  TRACE_RANGE,
} from '../helpers/dashboard.ts';
import { makeEvent } from '../helpers/records.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

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

async function askStats(query: string): Promise<Stats> {
  const response = await fetch(`${server.url}/stats?${query}`, { headers: server.adminHeaders });
  expect(response.status).toBe(200);
  return (await response.json()) as Stats;
}

describe('figures', () => {
  test('every figure, list and table on the page equals /stats', async () => {
    const { page, problems, close } = await openDashboard(browser, server, `?${TRACE_RANGE}`);
    await settled(page);
    const { growth, usage, adoption, quality, stability, business } = await askStats(TRACE_RANGE);
    expect(await figuresOf(page, 'overview')).toEqual({
      Users: growth.total_users,
      'Active users, 30 days': growth.active_users_30d,
      'Crash-free users': stability.crash_free_users_rate,
      Recordings: usage.total_recordings,
      'Success rate': quality.success_rate,
      'Cost, 30 days': business.cost_usd_30d,
    });
    expect(await figuresOf(page, 'growth')).toEqual({
      Users: growth.total_users,
      'Growth, week over week': growth.growth_rate_wow,
      'New users, 7 days': growth.new_users_7d,
      'New users, 30 days': growth.new_users_30d,
      'Active users, 1 day': growth.active_users_1d,
      'Active users, 7 days': growth.active_users_7d,
      'Active users, 30 days': growth.active_users_30d,
      'Retention, week 2': growth.retention_7d,
      'Retention, month 2': growth.retention_30d,
    });
    expect(await figuresOf(page, 'usage')).toEqual({
      Recordings: usage.total_recordings,
      Recorded: usage.total_minutes_recorded,
      Transcribed: usage.total_hours_transcribed,
      'Recordings per user': usage.recordings_per_user,
      'Session length': usage.average_session_seconds,
    });
    expect(await figuresOf(page, 'adoption')).toEqual({
      'Auto-paste on': adoption.auto_paste_rate,
      'Widget share': adoption.widget_share,
      'Use the dictionary': adoption.dictionary_usage_rate,
      'Dictionary uses': adoption.dictionary_uses,
      'Had to retry': adoption.retry_usage_rate,
      Retries: adoption.retries,
    });
    expect(await figuresOf(page, 'quality')).toEqual({
      'Success rate': quality.success_rate,
      'Error rate': quality.error_rate,
      'Processing, mean': quality.average_processing_seconds,
      'Processing, median': quality.p50_processing_seconds,
      'Processing, 95th percentile': quality.p95_processing_seconds,
      'Start-up': quality.average_startup_seconds,
    });
    expect(await figuresOf(page, 'stability')).toEqual({
      'Crash-free users': stability.crash_free_users_rate,
      'Crash-free sessions': stability.crash_free_sessions_rate,
      Crashes: stability.crashes,
      'Crashes, 7 days': stability.crashes_7d,
      'Crashes, 30 days': stability.crashes_30d,
      'Crashes per active user': stability.crashes_per_active_user,
      'Time to first crash': stability.median_seconds_to_first_crash,
    });
    expect(await figuresOf(page, 'business')).toEqual({
      'Cost, all time': business.total_cost_usd,
      'Cost, 7 days': business.cost_usd_7d,
      'Cost, 30 days': business.cost_usd_30d,
      'Cost per user, 30 days': business.average_cost_usd_per_user_30d,
      'Recordings per user, 7 days': business.recordings_per_active_user_7d,
      'Churned users': business.churned_users,
      'Churn rate': business.churn_rate,
    });
    const names = new Intl.DisplayNames('en', { type: 'region' });
    const firstTwo = async (card: string): Promise<string[][]> =>
      (await tableOf(page, card)).map((row) => row.slice(0, 2));
    expect(await firstTwo('Active users per day')).toEqual(
      usage.daily_active_users.map(({ date, users }) => [date, String(users)]),
    );
    expect(await firstTwo('Active users per week')).toEqual(
      usage.weekly_active_users.map(({ week_start, users }) => [week_start, String(users)]),
    );
    expect(await firstTwo('Crashes per day')).toEqual(
      stability.crashes_per_day.map(({ date, crashes }) => [date, String(crashes)]),
    );
    expect(await tableOf(page, 'Users by country')).toEqual(
      growth.users_by_country.slice(0, 8).map(({ country, users }) => [names.of(country), String(users)]),
    );
    expect(await tableOf(page, 'Crashes by app version')).toEqual(
      stability.crashes_by_app_version.map(({ app_version, crashes, users }) => [
        app_version,
        String(crashes),
        String(users),
      ]),
    );
    expect(await firstTwo('Failures by type')).toEqual(
      quality.errors_by_type.map(({ error_type, count }) => [error_type.replaceAll('_', ' '), String(count)]),
    );
    const sum = (rows: string[][], column: number): number =>
      rows.reduce((total, row) => total + Number(row[column]), 0);
    expect(sum(await tableOf(page, 'Recordings per day'), 1)).toBe(usage.total_recordings);
    const releases = await tableOf(page, 'Versions');
    expect(releases.map(([version]) => version)).toEqual(['1.2.0', '1.1.0', '1.0.0']);
    expect(sum(releases, 5)).toBe(stability.crashes);
    expect(problems).toEqual([]);
    await close();
  });

  test('an empty range says so, and shows neither NaN nor invented zeros', async () => {
    const { page, problems, close } = await openDashboard(browser, server, '?from=2020-01-01&to=2020-01-07');
    await settled(page);
    expect(await page.getByText('Nobody used the app in this range.').isVisible()).toBe(true);
    expect(await figuresOf(page, 'quality')).toMatchObject({
      'Success rate': null,
      'Processing, mean': null,
    });
    expect(await page.locator('#quality').getByText('no data').count()).toBeGreaterThan(0);
    expect(await page.locator('main').innerText()).not.toMatch(/NaN|Infinity|undefined|null/);
    expect(problems).toEqual([]);
    await close();
  });
});

describe('use', () => {
  let opened: OpenedDashboard;
  let page: Page;

  beforeAll(async () => {
    opened = await openDashboard(browser, server, `?${TRACE_RANGE}&compare=none`);
    page = opened.page;
    await settled(page);
  });
  afterAll(() => opened?.close());
  afterEach(() => expect(opened.problems).toEqual([]));

  test('a click on a bar filters by it, and the back button takes it back', async () => {
    const all = await figuresOf(page, 'stability');
    await page
      .locator('.card[aria-label="Crashes by app version"]')
      .getByRole('button', { name: '1.1.0' })
      .click();
    expect(new URL(page.url()).searchParams.get('app_version')).toBe('1.1.0');
    const filtered = await askStats(`${TRACE_RANGE}&app_version=1.1.0`);
    await expect
      .poll(async () => (await figuresOf(page, 'stability')).Crashes, { timeout: 20_000 })
      .toBe(filtered.stability.crashes);
    await page.goBack();
    expect(new URL(page.url()).searchParams.has('app_version')).toBe(false);
    await expect
      .poll(async () => (await figuresOf(page, 'stability')).Crashes, { timeout: 20_000 })
      .toBe(all.Crashes);
  });

  test('a range that the server would refuse is refused on the page', async () => {
    await page.getByRole('button', { name: /1 Jun/ }).click();
    await page.getByLabel('From', { exact: true }).fill('2026-07-02');
    await page.getByRole('button', { name: 'Show this range' }).click();
    await page.getByText('The first day lies after the last.').waitFor();
    await page.getByLabel('From', { exact: true }).fill('2024-01-01');
    await page.getByRole('button', { name: 'Show this range' }).click();
    await page.getByText(/At most 366 days/).waitFor();
    expect(new URL(page.url()).search).toBe(`?${TRACE_RANGE}&compare=none`);
  });

  test('a table and its chart are saved as CSV', async () => {
    const card = page.locator('.card[aria-label="Active users per week"]');
    await card.getByRole('button', { name: /as a table/ }).click();
    expect(await card.getByRole('table').isVisible()).toBe(true);
    const downloading = page.waitForEvent('download');
    await card.getByRole('button', { name: /as CSV/ }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe('roost-active-users-per-week.csv');
    const { usage } = await askStats(TRACE_RANGE);
    const rows = usage.weekly_active_users.map(({ week_start, users }) => `${week_start},${users}\r\n`);
    expect(readFileSync(await download.path(), 'utf8')).toBe(`Week of,Active users\r\n${rows.join('')}`);
  });

  test('a day of a chart narrows the range to it, by its row in the table too', async () => {
    const card = page.locator('.card[aria-label="Crashes per day"]');
    await card.getByRole('button', { name: /as a table/ }).click();
    await card.getByRole('button', { name: '2026-06-12' }).click();
    expect(new URL(page.url()).search).toBe('?from=2026-06-12&to=2026-06-12&compare=none');
    await page.goBack();
    await settled(page);
  });

  test('a range is chosen by keyboard alone', async () => {
    await page.locator('.skip').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Date range' });
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('1 Jun – 30 Jun 2026');
    await page.keyboard.press('Enter');
    await dialog.waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    expect(new URL(page.url()).search).toBe('?range=7d&compare=none');
  });
});

describe('records', () => {
  test('a crash group is opened, read and resolved', async () => {
    const { page, problems, close } = await openDashboard(browser, server, `?page=crashes&${TRACE_RANGE}`);
    await settled(page);
    const links = page.locator('.groups a');
    const groups = await links.count();
    const title = (await links.first().textContent()) ?? '';
    await links.first().click();
    await page.getByRole('button', { name: 'Resolve' }).waitFor();
    expect(await page.locator('.group-head h3').textContent()).toBe(title);
    expect(await page.locator('.report-message').isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Resolve' }).click();
    await page.getByRole('button', { name: 'Reopen' }).waitFor();
    await page.getByRole('link', { name: 'All crash groups' }).click();
    await page.locator('.groups').waitFor();
    await expect.poll(() => page.locator('.groups tbody tr').count(), { timeout: 20_000 }).toBe(groups - 1);
    expect(problems).toEqual([]);
    await close();
  });

  test('an event is opened with its days and properties', async () => {
    const { page, problems, close } = await openDashboard(browser, server, `?page=events&${TRACE_RANGE}`);
    await settled(page);
    await page.getByRole('link', { name: 'recording_completed' }).click();
    await page.getByRole('heading', { name: 'recording completed' }).waitFor();
    await expect
      .poll(async () => (await tableOf(page, 'Numbers')).map(([name]) => name), { timeout: 20_000 })
      .toContain('audio_duration_seconds');
    expect((await tableOf(page, 'source')).map(([value]) => value).sort()).toEqual(['main_window', 'widget']);
    expect(problems).toEqual([]);
    await close();
  });
});

describe('live', () => {
  test('figures and records move without a reload after a POST /track', async () => {
    const { page, problems, close } = await openDashboard(browser, server);
    await settled(page);
    const users = (await figuresOf(page, 'overview')).Users ?? 0;
    const { body } = await server.post('/track', makeEvent({ platform: 'Ubuntu 24.04' }));
    expect(body).toMatchObject({ accepted: 1 });
    await expect
      .poll(async () => (await figuresOf(page, 'overview')).Users, { timeout: 20_000 })
      .toBe(users + 1);
    await page.getByRole('link', { name: 'Live', exact: true }).click();
    await page.locator('.records').getByText('Ubuntu 24.04').waitFor();
    expect(problems).toEqual([]);
    await close();
  });
});
