/** Native crashes on the dashboard, from dumps that a real Chromium wrote: found by module, read frame by frame. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { bytesSource } from '../../lib/minidump/byte-source.ts';
import { describeDump } from '../../lib/minidump/describe-dump.ts';
import { readMinidump } from '../../lib/minidump/read-minidump.ts';
import type { CrashRecord } from '../../lib/record/crash.ts';
import { launchChromium } from '../electron-double/chromium.ts';
import { openDashboard, settled, tooWide, violations } from '../helpers/dashboard.ts';
import { makeCrash } from '../helpers/records.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/minidumps');
const RANGE = 'from=2026-06-01&to=2026-06-30';

// A browser beside other tests on two cores takes its time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let browser: Browser;
let server: TestServer;

beforeAll(async () => {
  [browser, server] = await Promise.all([launchChromium(), startTestServer()]);
  const crashes = [
    crashFrom('chromium-renderer-linux-x64', 'renderer'),
    crashFrom('chromium-browser-linux-x64', 'main'),
    makeCrash({ timestamp: '2026-06-10T10:00:00.000Z' }),
  ];
  expect(await server.post('/crash', { crashes })).toMatchObject({ body: { accepted: 3 } });
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

function crashFrom(fixture: string, processType: string): CrashRecord {
  const dump = gunzipSync(readFileSync(join(FIXTURES, `${fixture}.dmp.gz`)));
  const { native, ...texts } = describeDump(readMinidump(bytesSource(dump)));
  return makeCrash({
    ...texts,
    crash_type: 'native_crash',
    timestamp: '2026-06-10T10:00:00.000Z',
    context: { process_type: processType, during_startup: false, native },
  });
}

test('groups are narrowed to a module, and the address keeps it', async () => {
  const { page, problems, close } = await openDashboard(browser, server, `?page=crashes&${RANGE}`);
  await settled(page);
  expect(await page.locator('.groups tbody tr').count()).toBe(3);
  await page.getByLabel('Native module').selectOption('libglib-2.0.so.0');
  await expect.poll(() => page.locator('.groups tbody tr').count()).toBe(1);
  expect(new URL(page.url()).searchParams.get('module')).toBe('libglib-2.0.so.0');
  await page.reload();
  await settled(page);
  expect(await page.locator('.groups a').allInnerTexts()).toEqual([
    'SIGSEGV at libc.so.6+0xfc26f (address near null)',
  ]);
  expect(await page.getByLabel('Native module').inputValue()).toBe('libglib-2.0.so.0');
  await page.goBack();
  await expect.poll(() => page.locator('.groups tbody tr').count()).toBe(3);
  await page.goto(`${server.url}/dashboard?page=crashes&${RANGE}&module=nowhere.node`);
  await page.getByText('No crash with a frame in nowhere.node in this range.').waitFor();
  await page.getByRole('link', { name: 'Events', exact: true }).click();
  expect(new URL(page.url()).searchParams.has('module')).toBe(false);
  expect(problems).toEqual([]);
  await close();
});

test('reason, address, process and every frame are shown as the dump told them', async () => {
  const path = `?page=crashes&module=libglib-2.0.so.0&${RANGE}`;
  const { page, problems, close } = await openDashboard(browser, server, path);
  await page.locator('.groups a').click();
  await page.locator('.native-frames').waitFor();
  const told = await page
    .locator('.facts > div')
    .evaluateAll((rows) =>
      Object.fromEntries(rows.map((row) => [...row.children].map((cell) => cell.textContent))),
    );
  expect(told).toMatchObject({
    Type: 'native crash',
    Reason: 'SIGSEGV (0xb)',
    'Which means': 'memory was accessed that may not be',
    Address: 'near null (below 64 KiB)',
    Module: 'libc.so.6 + 0xfc26f',
    Process: 'main',
    Processor: 'x64',
    'during startup': 'no',
  });
  const rows = await page
    .locator('.native-frames tbody tr')
    .evaluateAll((found) => found.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));
  const { stack_trace } = crashFrom('chromium-browser-linux-x64', 'main');
  const lines = rows.map(([, module = '', offset]) => {
    const name = module.replace(/ stack scan$/, '');
    return `    at ${name}+${offset}${name === module ? '' : ' (stack scan)'}`;
  });
  expect(lines.join('\n')).toBe(stack_trace);
  expect(rows.slice(0, 4)).toEqual([
    ['1', 'libc.so.6', '0xfc26f', 'Electron or system', '93AC61EC5A8EB1396F9FBD350E3169A558528A40'],
    [
      '2',
      'libglib-2.0.so.0 stack scan',
      '0x5491e',
      'Electron or system',
      expect.stringMatching(/^[0-9A-F]{40}$/),
    ],
    [
      '3',
      'libglib-2.0.so.0 stack scan',
      '0x54a3c',
      'Electron or system',
      expect.stringMatching(/^[0-9A-F]{40}$/),
    ],
    ['4', 'chromium stack scan', '0x9c90b8e', 'the app', '4A74F6497529D42BB61262C76D7B1ADD49C4DEA6'],
  ]);
  await page.getByText(/^Loaded modules \(\d+\)$/).click();
  await page.locator('.native-modules').getByText('libX11.so.6', { exact: true }).waitFor();
  await page.locator('.native-frames').getByRole('link', { name: 'chromium' }).first().click();
  await expect.poll(() => page.locator('.groups tbody tr').count()).toBe(2);
  expect(new URL(page.url()).searchParams.get('module')).toBe('chromium');
  expect(problems).toEqual([]);
  await close();
});

test.each([
  { name: 'desktop, dark', viewport: { width: 1440, height: 900 }, colorScheme: 'dark' as const },
  { name: 'phone, light', viewport: { width: 360, height: 740 }, colorScheme: 'light' as const },
])('a native crash is accessible and fits: $name', async ({ viewport, colorScheme }) => {
  const path = `?page=crashes&module=libglib-2.0.so.0&${RANGE}`;
  const { page, problems, close } = await openDashboard(browser, server, path, { viewport, colorScheme });
  await settled(page);
  expect(await violations(page)).toEqual([]);
  await page.locator('.groups a').click();
  await page.getByText(/^Loaded modules/).click();
  expect(await violations(page)).toEqual([]);
  expect(await tooWide(page)).toEqual([]);
  expect(problems).toEqual([]);
  await close();
});
