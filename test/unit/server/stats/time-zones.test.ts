/** The same records give the same figures wherever database, session and process believe to be. */
import { afterEach, describe, expect, test } from 'vitest';

import { aggregate } from '../../../../server/jobs/aggregate.ts';
import { parseStatsQuery } from '../../../../server/routes/stats-query.ts';
import { readStats } from '../../../../server/store/stats/index.ts';
import { differences } from '../../../helpers/figures.ts';
import { makeCrash, makeEvent } from '../../../helpers/records.ts';
import { startTestServer } from '../../../helpers/server.ts';
import { referenceFigures } from '../../../reference/reference.ts';
import { Pool } from 'pg';

const ownZone = process.env.TZ;
afterEach(() => {
  if (ownZone === undefined) delete process.env.TZ;
  else process.env.TZ = ownZone;
});

/** Around clocks that jump (March and November in New York), the end of February in a leap year, and of ISO years. */
const EDGES = ['2024-02-28', '2024-02-29', '2024-03-01', '2024-03-10', '2024-11-03', '2024-12-30', '2025-01-01', '2026-12-28', '2027-01-03']; // prettier-ignore
const QUESTIONS = [
  { from: '2024-02-28', to: '2024-03-10' },
  { from: '2024-02-29', to: '2025-02-28' },
  { from: '2024-12-28', to: '2025-01-05' },
  { from: '2026-12-01', to: '2027-01-03' },
];

describe.each(['UTC', 'Asia/Shanghai', 'America/New_York'])('%s', (zone) => {
  test('gives the figures of UTC days', { timeout: 60_000 }, async () => {
    process.env.TZ = zone;
    const server = await startTestServer({ now: () => Date.parse('2027-01-04T00:00:00Z') });
    const name = new URL(server.database.url).pathname.slice(1);
    const elsewhere = new Pool({
      connectionString: server.database.url,
      options: `-c timezone=${zone}`,
      max: 2,
    });
    // Connections that are still closing are told off when the database is dropped.
    elsewhere.on('connect', (client) => client.on('error', () => {}));
    try {
      await server.pool.query(`alter database ${name} set timezone = '${zone}'`);
      const user_ids = [makeEvent().user_id, makeEvent().user_id];
      const moments = EDGES.flatMap((day) =>
        ['00:00:00.000', '04:59:59.999', '23:59:59.999'].map((time) => `${day}T${time}Z`),
      );
      const events = moments.map((timestamp, i) => makeEvent({ timestamp, user_id: user_ids[i % 2]! }));
      const crashes = moments.map((timestamp, i) => makeCrash({ timestamp, user_id: user_ids[i % 2]! }));
      expect(await server.post('/track', { events })).toMatchObject({ body: { accepted: events.length } });
      expect(await server.post('/crash', { crashes })).toMatchObject({ body: { accepted: crashes.length } });
      await aggregate(elsewhere, { retentionDays: 36_500 });
      for (const question of QUESTIONS) {
        const { query } = parseStatsQuery(`/stats?from=${question.from}&to=${question.to}`);
        expect(
          differences(await referenceFigures(server.pool, question), await readStats(elsewhere, query)),
        ).toEqual([]);
      }
      const { rows } = await elsewhere.query<{ day: string }>(
        'select date::text as day from user_stats where active_users > 0 order by date',
      );
      expect(rows.map(({ day }) => day)).toEqual(EDGES);
    } finally {
      await elsewhere.end();
      await server.close();
    }
  });
});
