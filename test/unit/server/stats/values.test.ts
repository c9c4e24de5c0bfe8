/** Processing times and failures follow the records: what was counted of a day is taken off when the day changes. */
import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { catchUp } from '../../../../server/jobs/aggregate.ts';
import { getFigures } from '../../../helpers/figures.ts';
import type { TestServer } from '../../../helpers/server.ts';
import { forget, remember } from '../../../reference/remembered.ts';
import { startWorld } from './against-reference.ts';
import { markDays, removeEvents } from './stored-events.ts';
import { clear, disagreements } from './world.ts';

const JUNE = { from: '2026-06-01', to: '2026-06-30' };
const QUESTIONS = [JUNE, { ...JUNE, app_version: ['2'] }];
const [DAY, NEXT_DAY] = ['2026-06-10', '2026-06-11'];

let server: TestServer;
beforeAll(async () => {
  server = await startWorld();
});
afterAll(() => server?.close());
beforeEach(async () => {
  await clear(server);
  // Of version 1: filters leave something out, of the user's own days too.
  for (const version of ['1', '2']) await addDay(OTHER, DAY, version, [0.7, 9.25], ['network']);
});

const OTHER = randomUUID();

/** Adds transcriptions that took so many seconds, and failures of these types. */
async function addDay(
  user: string,
  day: string,
  version: string,
  seconds: readonly number[],
  failures: readonly string[] = [],
): Promise<void> {
  const events = [
    ...seconds.map((processing_time_seconds) => ({
      event: 'transcription_completed',
      properties: { processing_time_seconds },
    })),
    ...failures.map((error_type) => ({ event: 'transcription_failed', properties: { error_type } })),
  ];
  for (const { event, properties } of events) {
    await server.pool.query(
      `insert into events (user_id, event_id, timestamp, event, app_version, platform, country, environment, properties)
       values ($1, gen_random_uuid(), $2::date + interval '1 hour', $3, $4, 'macOS 15', 'DE', 'production', $5)`,
      [user, day, event, version, properties],
    );
  }
  await markDays(server, user, [day]);
}

/** As retention does it: since when the user is known stays known. */
async function remove(user: string, days: readonly string[]): Promise<void> {
  await remember(server.pool);
  await removeEvents(server, user, days);
  await catchUp(server.pool);
  await forget(server.pool);
}

/** Brings the figures up to date, compares them with brute force, and returns those of all versions. */
async function quality() {
  await catchUp(server.pool);
  for (const question of QUESTIONS) expect(await disagreements(server, question)).toEqual([]);
  return (await getFigures(server, `/stats?from=${JUNE.from}&to=${JUNE.to}`)).quality;
}

test('a day that is told late is counted once', async () => {
  const user = randomUUID();
  await addDay(user, DAY, '2', [0.5, 0.5, 0.1234567], ['timeout']);
  await quality();
  await addDay(user, DAY, '2', [2], ['timeout', 'network']);
  expect(await quality()).toMatchObject({
    errors_by_type: [
      { error_type: 'network', count: 3 },
      { error_type: 'timeout', count: 2 },
    ],
  });
  await addDay(user, DAY, '1', [3.5]);
  await quality();
});

test('days that leave take their values with them, settled ones too', async () => {
  const user = randomUUID();
  const days = Array.from({ length: 40 }, (_, i) =>
    new Date(Date.parse('2026-05-20') + i * 86_400_000).toISOString().slice(0, 10),
  );
  for (const [i, day] of days.entries()) await addDay(user, day, i % 2 === 0 ? '1' : '2', [i / 8], ['quota']);
  await quality();
  await addDay(user, days[3]!, '2', [4], ['quota']);
  await quality();
  await remove(user, days.slice(14, 16));
  await quality();
  await remove(user, days.slice(0, 39));
  expect(await quality()).toMatchObject({
    errors_by_type: [{ count: 2 }, { error_type: 'quota', count: 1 }],
  });
});

test('a user of whom no record is left, and one who is erased, leave none', async () => {
  const [gone, erased] = [randomUUID(), randomUUID()];
  const before = await quality();
  for (const user of [gone, erased]) {
    await addDay(user, DAY, '1', [1, 2], ['timeout']);
    await addDay(user, NEXT_DAY, '2', [3], ['timeout']);
  }
  expect(await quality()).not.toEqual(before);
  await remove(gone, [DAY, NEXT_DAY]);
  await fetch(`${server.url}/users/${erased}`, { method: 'DELETE' });
  await forget(server.pool);
  expect(await quality()).toEqual(before);
});
