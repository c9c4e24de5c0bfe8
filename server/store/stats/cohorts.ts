/** Users by the week of their first day, and how many of each cohort were active in the weeks after. */
import type pg from 'pg';

import { ACTIVE, dayNumber } from '../histories/format.ts';
import { matchingFacets } from './facets.ts';
import { type UserHistory, eachHistory, firstDayOf } from './histories.ts';
import { type Day, type StatsQuery, addDays, mondayOf, weeksTouching } from './query.ts';
import { inSnapshot } from './snapshot.ts';

export interface Cohort {
  week_start: Day;
  users: number;
  /** Users active in week 0, 1, 2 … up to the week of `to`. */
  active: number[];
}

export function readCohorts(pool: pg.Pool, query: StatsQuery): Promise<Cohort[]> {
  return inSnapshot(pool, async (client) => {
    const { environment, look } = await matchingFacets(client, query);
    if (environment !== null && !(await endsWithinWeek(client, query, environment))) {
      return readOfEnvironment(client, query, environment);
    }
    const counter = new CohortCounter(query, look.matches);
    await eachHistory(client, ['firsts', 'days'], (history) => counter.add(history));
    return weeksTouching(query).map((cohort, i) => {
      return { week_start: cohort, users: counter.users[i]!, active: [...counter.active[i]!.subarray(i)] };
    });
  });
}

/** Whether users were active after the range, in the week that it ends with: the kept totals do not tell them apart. */
async function endsWithinWeek(
  client: pg.ClientBase,
  { to }: StatsQuery,
  environment: string,
): Promise<boolean> {
  const sunday = addDays(mondayOf(to), 6);
  const { rowCount } = await client.query(ACTIVE_AFTER, [to, sunday, environment]);
  return rowCount !== 0;
}

async function readOfEnvironment(
  client: pg.ClientBase,
  query: StatsQuery,
  environment: string,
): Promise<Cohort[]> {
  const weeks = weeksTouching(query);
  const range = [weeks[0], query.to, environment];
  const newcomers = await client.query<{ cohort: Day; users: number }>(NEWCOMERS, range);
  const active = await client.query<{ cohort: Day; week: Day; users: number }>(ACTIVE_USERS, range);
  const usersOf = new Map(newcomers.rows.map(({ cohort, users }) => [cohort, users]));
  const activeIn = new Map(active.rows.map(({ cohort, week, users }) => [`${cohort} ${week}`, users]));
  return weeks.map((cohort, i) => ({
    week_start: cohort,
    users: usersOf.get(cohort) ?? 0,
    active: weeks.slice(i).map((week) => activeIn.get(`${cohort} ${week}`) ?? 0),
  }));
}

const ACTIVE_AFTER = `
  select from environment_days
  where day > $1::date and day <= $2::date and environment = $3::text and users > 0
  limit 1`;

/** Users whose first day is in one of the weeks, and not after the range. */
const NEWCOMERS = `
  select date_trunc('week', first_day::timestamp)::date::text as cohort, sum(users)::float8 as users
  from environment_newcomers
  where first_day between $1::date and $2::date and environment = $3::text
  group by cohort`;

const ACTIVE_USERS = `
  select cohort::text, week::text, users::float8
  from environment_cohorts
  where cohort >= $1::date and week between $1::date and $2::date and environment = $3::text`;

class CohortCounter {
  /** By the weeks of the range: users of each cohort, and those of them who were active in each week. */
  readonly users: Float64Array;
  readonly active: Float64Array[];
  readonly #matches: Uint8Array;
  readonly #firstMonday: number;
  readonly #to: number;

  constructor(query: StatsQuery, matches: Uint8Array) {
    const weeks = weeksTouching(query).length;
    this.users = new Float64Array(weeks);
    this.active = Array.from({ length: weeks }, () => new Float64Array(weeks));
    this.#matches = matches;
    this.#firstMonday = dayNumber(mondayOf(query.from));
    this.#to = dayNumber(query.to);
  }

  add({ firsts, days }: Pick<UserHistory, 'firsts' | 'days'>): void {
    const firstDay = firstDayOf(firsts, this.#matches);
    if (firstDay < this.#firstMonday || firstDay > this.#to) return;
    const cohort = this.#weekOf(firstDay);
    this.users[cohort]! += 1;
    const active = this.active[cohort]!;
    let latest = -1;
    while (days.next() && days.day <= this.#to) {
      if (this.#matches[days.facetId] === 0 || (days.flags & ACTIVE) === 0) continue;
      const week = this.#weekOf(days.day);
      if (week === latest) continue;
      latest = week;
      active[week]! += 1;
    }
  }

  #weekOf(day: number): number {
    return Math.floor((day - this.#firstMonday) / 7);
  }
}
