/**
 * Funnels at the edge of their window, and over events of several versions at the same time: histories alone cannot tell
 * these. Random worlds seldom hold them.
 */
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { catchUp } from '../../../../server/jobs/aggregate.ts';
import type { TestServer } from '../../../helpers/server.ts';
import { startWorld } from './against-reference.ts';
import { clear, funnelDisagreements } from './world.ts';

const STEPS = ['app_opened', 'recording_started', 'recording_completed'];
const QUESTION = { from: '2026-06-02', to: '2026-06-03' };

let server: TestServer;
beforeAll(async () => {
  server = await startWorld();
});
afterAll(() => server?.close());

/** Hours since 1 June: few enough to lie exactly a day apart now and then, and often on the same day. */
const event = fc.record({
  user: fc.constantFrom('aaaaaaaa-0000-4000-8000-000000000001', 'bbbbbbbb-0000-4000-8000-000000000002'),
  hour: fc.oneof(fc.integer({ min: 20, max: 100 }), fc.integer({ min: 50, max: 56 })),
  name: fc.constantFrom(...STEPS, 'retry_attempted'),
  version: fc.constantFrom('1', '1', '2'),
});
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

async function store(events: readonly Event[]): Promise<void> {
  const [users, hours] = [events.map(({ user }) => user), events.map(({ hour }) => hour)];
  await server.pool.query(
    `insert into events (user_id, event_id, timestamp, event, app_version, platform, environment, properties)
     select user_id, gen_random_uuid(), '2026-06-01T00:00:00Z'::timestamptz + interval '1 hour' * hour, name, version,
       'macOS 15', 'production', '{}'
     from unnest($1::uuid[], $2::int[], $3::text[], $4::text[]) as made (user_id, hour, name, version)`,
    [users, hours, events.map(({ name }) => name), events.map(({ version }) => version)],
  );
  await server.pool.query(
    `insert into dirty_user_days (user_id, day)
     select user_id, '2026-06-01'::date + hour / 24 from unnest($1::uuid[], $2::int[]) as made (user_id, hour)`,
    [users, hours],
  );
  await catchUp(server.pool);
}

test('are those of brute force', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { minLength: 4, maxLength: 14 }),
      fc.integer({ min: 1, max: 2 }),
      async (events, windowDays) => {
        await clear(server);
        await store(events);
        expect(await funnelDisagreements(server, QUESTION, STEPS, windowDays)).toEqual([]);
      },
    ),
    { numRuns: 150, interruptAfterTimeLimit: 15_000, seed: 20_260_602 },
  );
});
