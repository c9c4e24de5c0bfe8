/**
 * Every page of the dashboard in every state, light and dark, on a desktop and on a phone: accessible, no wider than the
 * window, and without a complaint of the browser (console, CSP, other hosts).
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { launchChromium } from '../electron-double/chromium.ts';
import {
  openDashboard,
  sendTrace,
  settled,
  tooWide,
  TRACE_RANGE,
  violations,
  type OpenedDashboard,
} from '../helpers/dashboard.ts';
import { makeEvent } from '../helpers/records.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

vi.setConfig({ testTimeout: 600_000, hookTimeout: 120_000 });

/** Two of an item, the others of a list or of figures. `{group}` is a crash group of the trace. */
const PAGES = {
  figures: '',
  crashes: 'page=crashes&',
  'one crash': 'page=crashes&item={group}&',
  events: 'page=events&',
  'one event': 'page=events&item=recording_completed&',
  live: 'page=live&',
  delivery: 'page=delivery&',
  settings: 'page=settings&',
} as const;
const EMPTY_RANGE = 'from=2020-01-01&to=2020-01-07';
/** What the page asks the server for, but not itself. */
const QUESTIONS = /\/(?:stats|system)(?:[/?]|$)/;
/** The browser's own line for each failed request; the states below want them to fail. */
const FAILED_REQUEST = /^Failed to load resource/;

let browser: Browser;
let filled: TestServer;
let empty: TestServer;
let group: string;

beforeAll(async () => {
  [browser, filled, empty] = await Promise.all([launchChromium(), startTestServer(), startTestServer()]);
  await sendTrace(filled);
  await filled.post('/track', makeEvent());
  const answer = await fetch(`${filled.url}/stats/crash-groups?${TRACE_RANGE}`, {
    headers: filled.adminHeaders,
  });
  ({ fingerprint: group } = ((await answer.json()) as { groups: { fingerprint: string }[] }).groups[0]!);
});
afterAll(async () => {
  await browser?.close();
  await Promise.all([filled?.close(), empty?.close()]);
});

type Show = (opened: OpenedDashboard, server: TestServer, page: string) => Promise<void>;

const open = (page: Page, server: TestServer, query: string): Promise<unknown> =>
  page.goto(`${server.url}/dashboard?${query.replace('{group}', group)}`);

/** Each leaves the page in its state, to be looked at. */
const STATES: Record<string, { on: () => TestServer; show: Show }> = {
  loading: {
    on: () => filled,
    async show({ page }, server, query) {
      await page.route(QUESTIONS, () => new Promise(() => undefined)); // never answered
      await open(page, server, `${query}${TRACE_RANGE}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
    },
  },
  'nothing stored yet': {
    on: () => empty,
    async show({ page }, server, query) {
      await open(page, server, query);
      await settled(page);
    },
  },
  'nothing in range': {
    on: () => filled,
    async show({ page }, server, query) {
      await open(page, server, `${query}${EMPTY_RANGE}`);
      await settled(page);
    },
  },
  filled: {
    on: () => filled,
    async show({ page }, server, query) {
      await open(page, server, `${query}${TRACE_RANGE}`);
      await settled(page);
    },
  },
  error: {
    on: () => filled,
    async show({ page }, server, query) {
      const answer = { error: { code: 'unavailable', message: 'away' } };
      await page.route(QUESTIONS, (route) => route.fulfill({ status: 503, json: answer }));
      await open(page, server, `${query}${TRACE_RANGE}`);
      await page.getByText('The server cannot reach its database at the moment.').first().waitFor();
    },
  },
  stale: {
    on: () => filled,
    async show({ page }, server, query) {
      await open(page, server, `${query}${TRACE_RANGE}`);
      await settled(page);
      await page.locator('.freshness[data-state=live]').waitFor();
      await page.route(QUESTIONS, (route) => route.abort());
      await page.getByText(/The server does not answer\. The figures are from/).waitFor();
    },
  },
  'behind the records': {
    on: () => filled,
    async show({ page }, server, query) {
      await page.route(QUESTIONS, async (route) => {
        const answer = await route.fetch();
        const asOf = new Date(Date.now() - 60_000).toISOString();
        await route.fulfill({ response: answer, headers: { ...answer.headers(), 'roost-as-of': asOf } });
      });
      await open(page, server, `${query}${TRACE_RANGE}`);
      await settled(page);
      if (!/delivery|settings/.test(query)) await page.getByText(/^Figures as of /).waitFor();
    },
  },
};

describe.each([
  { name: 'desktop, light', viewport: { width: 1440, height: 900 }, colorScheme: 'light' as const },
  { name: 'desktop, dark', viewport: { width: 1440, height: 900 }, colorScheme: 'dark' as const },
  { name: 'phone, light', viewport: { width: 360, height: 740 }, colorScheme: 'light' as const },
  { name: 'phone, dark', viewport: { width: 360, height: 740 }, colorScheme: 'dark' as const },
])('$name', ({ viewport, colorScheme }) => {
  test.each(Object.entries(STATES))('%s', async (_name, { on, show }) => {
    for (const [name, query] of Object.entries(PAGES)) {
      const server = on();
      const opened = await openDashboard(browser, server, '?page=settings', { viewport, colorScheme });
      await settled(opened.page);
      await show(opened, server, query);
      expect(await violations(opened.page), name).toEqual([]);
      expect(await tooWide(opened.page), name).toEqual([]);
      expect(
        opened.problems.filter((problem) => !FAILED_REQUEST.test(problem)),
        name,
      ).toEqual([]);
      await opened.close();
    }
  });
});
