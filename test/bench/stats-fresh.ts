/**
 * How long after its answer a record is in the figures while a server takes 5,000 events a second: records of the
 * environment `development`, one after the other, are waited for in `/stats`.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { request } from 'undici';
import { v7 as uuidV7 } from 'uuid';

import { startServer } from './server-child.ts';
import { makeBody } from './server-load.ts';

export interface Freshness {
  eventsPerSecond: number;
  /** Seconds from a record's answer until a figure has it. */
  p50: number;
  worst: number;
  records: number;
}

const RATE = 5_000;
const EVENTS_PER_REQUEST = 50;
const SECONDS = 30;
const PASSWORD = 'bench-only';
/** The load is of another, production. */
const ENVIRONMENT = 'development';
const GIVE_UP_SECONDS = 60;
const AUTHORIZATION = `Basic ${Buffer.from(`admin:${PASSWORD}`).toString('base64')}`;

/** On an empty database. */
export async function measureFreshness(databaseUrl: string): Promise<Freshness> {
  const server = await startServer(databaseUrl, { DASHBOARD_PASSWORD: PASSWORD });
  try {
    const load = keepRate(server.url);
    const lags: number[] = [];
    for (const end = performance.now() + SECONDS * 1000; performance.now() < end;) {
      await post(server.url, JSON.stringify(oneRecord()));
      const answered = performance.now();
      const waited = (): number => (performance.now() - answered) / 1000;
      while ((await readUsers(server.url)) <= lags.length) {
        if (waited() > GIVE_UP_SECONDS) throw new Error(`Not in the figures after ${GIVE_UP_SECONDS} s`);
        await delay(50);
      }
      lags.push(waited());
    }
    lags.sort((a, b) => a - b);
    return {
      eventsPerSecond: await load.stop(),
      p50: lags[Math.floor(lags.length / 2)]!,
      worst: lags.at(-1)!,
      records: lags.length,
    };
  } finally {
    await server.stop();
  }
}

/** A request every so often, whether or not those before were answered. */
function keepRate(url: string): { stop: () => Promise<number> } {
  const start = performance.now();
  const pending = new Set<Promise<void>>();
  let sent = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - start) / 1000) * RATE;
    for (; sent < due; sent += EVENTS_PER_REQUEST) {
      const posted = post(url, makeBody(EVENTS_PER_REQUEST));
      pending.add(posted);
      void posted.finally(() => pending.delete(posted));
    }
  }, 10);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(pending);
      return sent / ((performance.now() - start) / 1000);
    },
  };
}

async function post(url: string, body: string): Promise<void> {
  const answer = await request(`${url}/track`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const verdict = (await answer.body.json()) as { accepted?: number; rejected?: unknown[] };
  if (!verdict.accepted || verdict.rejected?.length) throw new Error(JSON.stringify(verdict));
}

function oneRecord(): object {
  const now = new Date().toISOString();
  return {
    sent_at: now,
    events: [
      {
        event_id: uuidV7(),
        user_id: randomUUID(),
        session_id: randomUUID(),
        timestamp: now,
        event: 'app_opened',
        properties: {},
        app_version: '1.4.2',
        platform: 'macOS 15.1',
        country: 'DE',
        environment: ENVIRONMENT,
      },
    ],
  };
}

async function readUsers(url: string): Promise<number> {
  const answer = await request(`${url}/stats?environment=${ENVIRONMENT}`, {
    headers: { authorization: AUTHORIZATION },
  });
  const stats = (await answer.body.json()) as { growth?: { total_users: number } };
  if (!stats.growth) throw new Error(`${answer.statusCode}: ${JSON.stringify(stats)}`);
  return stats.growth.total_users;
}
