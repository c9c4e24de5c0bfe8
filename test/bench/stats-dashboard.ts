/** How long an administrator waits for the dashboard in front of many events, in a real Chromium. */
import type { Browser } from 'playwright-core';

import { launchChromium } from '../electron-double/chromium.ts';
import type { StatsServer } from './stats-server.ts';

export interface DashboardTimes {
  /** Milliseconds from the address to the figures of the overview, median and slowest. */
  usable: { p50: number; worst: number };
  /** The same to the last section of the page. */
  complete: { p50: number; worst: number };
}

const OPENINGS = 9;

/** Each opening has a browser's profile of its own, so that nothing is cached. */
export async function measureDashboard({ url, login }: StatsServer, range: string): Promise<DashboardTimes> {
  const browser = await launchChromium();
  try {
    const address = `${url}/dashboard?${range}`;
    const openOnce = (): Promise<Opening> => open(browser, address, login);
    await openOnce();
    const times: Opening[] = [];
    for (let opening = 0; opening < OPENINGS; opening += 1) times.push(await openOnce());
    return {
      usable: summary(times.map(({ usable }) => usable)),
      complete: summary(times.map(({ complete }) => complete)),
    };
  } finally {
    await browser.close();
  }
}

interface Opening {
  usable: number;
  complete: number;
}

async function open(browser: Browser, address: string, login: StatsServer['login']): Promise<Opening> {
  const context = await browser.newContext({ httpCredentials: login });
  const page = await context.newPage();
  const start = performance.now();
  await page.goto(address);
  await page.waitForFunction(() => {
    const overview = document.querySelector('#overview');
    return overview?.ariaBusy === 'false' && overview.querySelector('.figure data') !== null;
  });
  const usable = performance.now() - start;
  await page.waitForFunction(() =>
    [...document.querySelectorAll('.section')].every(({ ariaBusy }) => ariaBusy === 'false'),
  );
  const complete = performance.now() - start;
  await context.close();
  return { usable, complete };
}

function summary(values: number[]): { p50: number; worst: number } {
  const sorted = values.toSorted((a, b) => a - b);
  return { p50: sorted[Math.floor(sorted.length / 2)]!, worst: sorted.at(-1)! };
}

export function describeDashboard({ usable, complete }: DashboardTimes): string {
  const ms = (value: number): string => `${Math.round(value)} ms`;
  return `The dashboard in a Chromium on the same cores, 30 days, nothing cached: the overview stands after ${ms(usable.p50)}
(slowest of ${OPENINGS}: ${ms(usable.worst)}; aim: 1,000 ms), the last section after ${ms(complete.p50)} (${ms(complete.worst)}).`;
}
