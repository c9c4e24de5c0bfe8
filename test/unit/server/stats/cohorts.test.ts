/** Cohorts follow the records, of whichever weeks these are, in whatever order they come and go. */
import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { catchUp } from '../../../../server/jobs/aggregate.ts';
import type { Cohort } from '../../../../server/store/stats/cohorts.ts';
import { aggregateStep } from '../../../../server/store/rollups/index.ts';
import { getFigures } from '../../../helpers/figures.ts';
import type { TestServer } from '../../../helpers/server.ts';
import { startWorld } from './against-reference.ts';
import { removeEvents, storeEvents } from './stored-events.ts';
import { clear, presenceDisagreements } from './world.ts';

/** Monday to Sunday, four weeks. */
const RANGE = { from: '2026-06-01', to: '2026-06-28' };
const [USER, OTHER] = [randomUUID(), randomUUID()];

let server: TestServer;
beforeAll(async () => {
  server = await startWorld();
});
afterAll(() => server?.close());
beforeEach(async () => {
  await clear(server);
  await add(OTHER, ['2026-06-03', '2026-06-16']);
});

const add = (user: string, days: readonly string[]): Promise<void> => storeEvents(server, user, days);

/** Users of each week's cohort and how many were active from then on, which are those of brute force too. */
async function cohorts(range = RANGE): Promise<Record<string, number[]>> {
  await catchUp(server.pool);
  expect(await presenceDisagreements(server, range)).toEqual([]);
  const found = await getFigures(server, `/stats/cohorts?from=${range.from}&to=${range.to}`);
  return Object.fromEntries(
    (found.cohorts as Cohort[]).map(({ week_start, users, active }) => [week_start, [users, ...active]]),
  );
}

test('a user who turns out to have been there before is in an earlier cohort, with all weeks', async () => {
  await add(USER, ['2026-06-09', '2026-06-17', '2026-06-27']);
  expect(await cohorts()).toMatchObject({ '2026-06-01': [1, 1, 0, 1, 0], '2026-06-08': [1, 1, 1, 1] });
  await add(USER, ['2026-06-02']);
  expect(await cohorts()).toMatchObject({ '2026-06-01': [2, 2, 1, 2, 1], '2026-06-08': [0, 0, 0, 0] });
});

test('a week ends with the range, whatever comes after', async () => {
  await add(USER, ['2026-06-02', '2026-06-26', '2026-06-28']);
  expect(await cohorts({ ...RANGE, to: '2026-06-25' })).toMatchObject({ '2026-06-01': [2, 2, 0, 1, 0] });
  expect(await cohorts({ ...RANGE, to: '2026-06-27' })).toMatchObject({ '2026-06-01': [2, 2, 0, 1, 1] });
  expect(await cohorts({ from: '2026-06-04', to: '2026-06-14' })).toMatchObject({ '2026-06-01': [2, 2, 0] });
});

test('a user whose records leave takes all weeks along, though the days are taken one by one', async () => {
  const days = ['2026-06-02', '2026-06-09', '2026-06-17'];
  await add(USER, days);
  expect(await cohorts()).toMatchObject({ '2026-06-01': [2, 2, 1, 2, 0] });
  await removeEvents(server, USER, days);
  await aggregateStep(server.pool, 1);
  expect(await cohorts()).toMatchObject({ '2026-06-01': [1, 1, 0, 1, 0] });
});
