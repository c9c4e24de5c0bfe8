/** How often an event happened on each day, and to how many users, follows the records. */
import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { catchUp } from '../../../../server/jobs/aggregate.ts';
import { getFigures } from '../../../helpers/figures.ts';
import type { TestServer } from '../../../helpers/server.ts';
import { startWorld } from './against-reference.ts';
import { removeEvents, storeEvents } from './stored-events.ts';
import { clear, eventDisagreements } from './world.ts';

const RANGE = { from: '2026-06-01', to: '2026-06-03' };
const EVENT = 'recording_started';
const [USER, OTHER] = [randomUUID(), randomUUID()];
const [FIRST, SECOND, THIRD] = ['2026-06-01', '2026-06-02', '2026-06-03'];

let server: TestServer;
beforeAll(async () => {
  server = await startWorld();
});
afterAll(() => server?.close());
beforeEach(async () => {
  await clear(server);
  await storeEvents(server, OTHER, [FIRST, THIRD], { event: EVENT });
  await storeEvents(server, USER, [FIRST, SECOND], { event: EVENT });
});

/** Events and users of each day, then of all days, which are those of brute force too. */
async function counts(): Promise<string> {
  await catchUp(server.pool);
  expect(await eventDisagreements(server, RANGE, EVENT)).toEqual([]);
  const found = await getFigures(server, `/stats/events/${EVENT}?from=${RANGE.from}&to=${RANGE.to}`);
  const told = ({ count, users }: { count: number; users: number }): string => `${count} of ${users}`;
  const all = found as unknown as {
    count: number;
    users: number;
    series: { count: number; users: number }[];
  };
  return [...all.series, all].map(told).join(', ');
}

test('of a day that is told late each event and each user counts once', async () => {
  expect(await counts()).toBe('2 of 2, 1 of 1, 1 of 1, 4 of 2');
  await storeEvents(server, USER, [FIRST, THIRD], { event: EVENT });
  await storeEvents(server, USER, [SECOND]);
  expect(await counts()).toBe('3 of 2, 1 of 1, 2 of 2, 6 of 2');
});

test('a user who updates on a day is one', async () => {
  await storeEvents(server, USER, [FIRST, SECOND], { event: EVENT, version: '2' });
  expect(await counts()).toBe('3 of 2, 2 of 1, 1 of 1, 6 of 2');
});

test('days that leave, and users who are erased, leave nothing', async () => {
  await counts();
  await removeEvents(server, USER, [FIRST]);
  expect(await counts()).toBe('1 of 1, 1 of 1, 1 of 1, 3 of 2');
  await fetch(`${server.url}/users/${OTHER}`, { method: 'DELETE' });
  expect(await counts()).toBe('0 of 0, 1 of 1, 0 of 0, 1 of 1');
  await removeEvents(server, USER, [SECOND]);
  await catchUp(server.pool);
  const { rows } = await server.pool.query('select from environment_events where events <> 0 or users <> 0');
  expect(rows).toEqual([]);
});
