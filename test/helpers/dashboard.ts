/** The dashboard of a test server, opened in a real Chromium as an administrator. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

import type { TestServer } from './server.ts';

const CONFORMANCE = join(import.meta.dirname, '..', 'contract', 'conformance');
const BATCH = 200;

/** The query of a range that the conformance trace fills. */
export const TRACE_RANGE = 'from=2026-06-01&to=2026-06-30';

/** Stores the conformance trace, in its order of arrival. */
export async function sendTrace(server: TestServer): Promise<void> {
  const records = readFileSync(join(CONFORMANCE, 'trace.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const { kind, ...record } = JSON.parse(line) as { kind: 'event' | 'crash' } & Record<string, unknown>;
      return { kind, record };
    });
  for (const [kind, path, key, size] of [
    ['event', '/track', 'events', BATCH],
    ['crash', '/crash', 'crashes', 50],
  ] as const) {
    const bodies = records.filter((line) => line.kind === kind).map(({ record }) => record);
    for (let at = 0; at < bodies.length; at += size) {
      const { status } = await server.post(path, { [key]: bodies.slice(at, at + size) });
      if (status !== 200) throw new Error(`The trace was not taken: ${status}`);
    }
  }
}

export interface OpenedDashboard {
  page: Page;
  /** What a browser complains about: console errors, CSP violations, uncaught errors, requests to other hosts. */
  problems: string[];
  close(): Promise<void>;
}

/** `path` is what follows `/dashboard`. */
export async function openDashboard(
  browser: Browser,
  server: Pick<TestServer, 'url'>,
  path = '',
  options: BrowserContextOptions = {},
): Promise<OpenedDashboard> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    httpCredentials: { username: 'admin', password: 'test-password' },
    // Deterministic pictures and no waiting for scrolling.
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== server.url) problems.push(`asked ${origin}`);
  });
  await page.goto(`${server.url}/dashboard${path}`);
  return { page, problems, close: () => context.close() };
}

/** Waits until every section of the page was drawn, or failed. */
export async function settled(page: Page): Promise<void> {
  await page.locator('.section').first().waitFor();
  await page.waitForFunction(
    () =>
      [...document.querySelectorAll<HTMLElement>('.section')].every(({ ariaBusy }) => ariaBusy === 'false'),
    undefined,
    { timeout: 20_000 },
  );
}

/** The figures of a section by label, as numbers; null where there is no data. */
export function figuresOf(page: Page, section: string): Promise<Record<string, number | null>> {
  return page.locator(`#${section} .figure`).evaluateAll((figures) =>
    Object.fromEntries(
      figures.map((figure) => {
        const value = figure.querySelector('data')?.value;
        return [figure.querySelector('dt')?.textContent ?? '', value === undefined ? null : Number(value)];
      }),
    ),
  );
}

/** The cells of a card's table, row by row, as text. */
export function tableOf(page: Page, card: string): Promise<string[][]> {
  return page
    .locator(`.card[aria-label="${card}"] tbody tr`)
    .evaluateAll((rows) =>
      rows.map((row) => [...row.children].map((cell) => (cell.textContent ?? '').trim())),
    );
}

/** What axe-core finds, one line a kind. */
export async function violations(page: Page): Promise<string[]> {
  // Not a script of the page: the page's CSP stays as it is.
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run(document);
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });
}

/** What makes the page scroll sideways. */
export function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > clientWidth)
      .map((element) => `${element.tagName} ${element.className}`);
  });
}
