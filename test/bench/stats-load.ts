/** Fills a database with the made population, day by day, and lets the aggregator keep up as it would have. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

import { catchUp } from '../../server/jobs/aggregate.ts';
import { shrinkMarks } from '../../server/store/rollups/marks.ts';
import { refreshUserStats } from '../../server/store/rollups/user-stats.ts';
import { DAYS, type Person, makeDay, makePerson } from './stats-population.ts';

export interface LoadReport {
  users: number;
  events: number;
  crashes: number;
  userDays: number;
  /** Seconds of aggregation alone. */
  aggregating: number;
}

/** Days that are loaded before the aggregator is called. */
const DAYS_PER_ROUND = 5;

export async function loadPopulation(
  pool: pg.Pool,
  users: number,
  progress: (day: number) => void,
): Promise<LoadReport> {
  const people: Person[] = [];
  const activeOn: number[][] = Array.from({ length: DAYS }, () => []);
  for (let index = 0; index < users; index += 1) {
    const person = makePerson(index);
    people.push(person);
    for (const day of person.activeDays) activeOn[day]!.push(index);
  }
  const report: LoadReport = { users, events: 0, crashes: 0, userDays: 0, aggregating: 0 };
  for (let day = 0; day < DAYS; day += 1) {
    await loadDay(pool, people, activeOn[day]!, day, report);
    if (day % DAYS_PER_ROUND === DAYS_PER_ROUND - 1 || day === DAYS - 1) {
      const start = performance.now();
      report.userDays += (await catchUp(pool)).userDays;
      report.aggregating += (performance.now() - start) / 1000;
    }
    progress(day + 1);
  }
  await refreshUserStats(pool, 36_500);
  // What a server does by itself: it tidies up once an hour, and autovacuum follows.
  await shrinkMarks(pool);
  await pool.query('vacuum analyze');
  return report;
}

/** Every record is stored at the moment it tells of. */
async function loadDay(
  pool: pg.Pool,
  people: readonly Person[],
  active: readonly number[],
  day: number,
  report: LoadReport,
): Promise<void> {
  const crashes: string[] = [];
  const marks = new Set<string>();
  function* eventLines(): Generator<string> {
    for (const index of active) {
      const person = people[index]!;
      const { userId, platform, country, environment } = person;
      const made = makeDay(index, person, day);
      const shared = `${platform}\t${country ?? '\\N'}\t${environment}`;
      let lines = '';
      for (const row of made.events) {
        report.events += 1;
        marks.add(`${userId}\t${row.timestamp.slice(0, 10)}\n`);
        lines += `${userId}\t${row.event_id}\t${row.session_id}\t${row.timestamp}\t${row.timestamp}\t${row.event}\t${row.properties}\t${row.app_version}\t${shared}\n`;
      }
      for (const row of made.crashes) {
        report.crashes += 1;
        marks.add(`${userId}\t${row.timestamp.slice(0, 10)}\n`);
        crashes.push(
          `${userId}\t${row.event_id}\t${row.session_id}\t${row.timestamp}\t${row.timestamp}\t${row.crash_type}\t${row.app_version}\t${shared}\t${platform}\tabc\tError\tError\n`,
        );
      }
      yield lines;
    }
  }
  const columns = 'app_version, platform, country, environment';
  await copy(
    pool,
    `copy events (user_id, event_id, session_id, timestamp, created_at, event, properties, ${columns}) from stdin`,
    eventLines(),
  );
  await copy(
    pool,
    `copy crashes (user_id, event_id, session_id, timestamp, created_at, crash_type, ${columns}, os_version, fingerprint, title,
       error_message) from stdin`,
    crashes,
  );
  await copy(pool, 'copy dirty_user_days (user_id, day) from stdin', marks);
}

async function copy(pool: pg.Pool, statement: string, lines: Iterable<string>): Promise<void> {
  const client = await pool.connect();
  try {
    await pipeline(Readable.from(lines), client.query(copyFrom(statement)));
  } finally {
    client.release();
  }
}
