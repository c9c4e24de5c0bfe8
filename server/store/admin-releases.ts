/** Each version with its users and crashes in a range. */
import type pg from 'pg';

import { ACTIVE, CRASHED, dayNumber, dayOfNumber } from './histories/format.ts';
import { matchingFacets } from './stats/facets.ts';
import { type UserHistory, eachHistory } from './stats/histories.ts';
import { type Day, type StatsQuery, daysBetween, lengthInDays } from './stats/query.ts';
import { inSnapshot } from './stats/snapshot.ts';
import { compareVersions } from './version-order.ts';

export interface Release {
  app_version: string;
  /** Of all records that are kept, whatever the range. */
  first_day: Day;
  users: number;
  /** Of the users active in the range; one who updated counts for both versions. */
  share: number | null;
  crash_free_users_rate: number | null;
  crashes: number;
  days: { date: Day; users: number }[];
}

/** Newest first: versions with an active user or a crash in range, if they have an event at all. */
export function readReleases(pool: pg.Pool, query: StatsQuery): Promise<{ releases: Release[] }> {
  return inSnapshot(pool, async (client) => {
    const { ids, look } = await matchingFacets(client, query);
    const counter = new ReleaseCounter(query, look.matches, await readVersions(client));
    await eachHistory(client, ['firsts', 'days'], (history) => counter.add(history));
    const { rows } = await client.query<{ app_version: string; crashes: number }>(CRASHES, [
      query.from,
      query.to,
      ids,
    ]);
    const crashes = new Map(rows.map((row) => [row.app_version, row.crashes]));
    const dates = daysBetween(query.from, query.to);
    const releases = counter.versions
      .filter(({ name, users, firstDay }) => (users > 0 || crashes.has(name)) && Number.isFinite(firstDay))
      .sort((a, b) => compareVersions(b.name, a.name))
      .map(({ name, users, crashed, days, firstDay }) => ({
        app_version: name,
        first_day: dayOfNumber(firstDay),
        users,
        share: counter.active === 0 ? null : users / counter.active,
        crash_free_users_rate: users === 0 ? null : 1 - crashed / users,
        crashes: crashes.get(name) ?? 0,
        days: dates.map((date, i) => ({ date, users: days[i]! })),
      }));
    return { releases };
  });
}

/** The version of each facet, by `facet_id`. */
async function readVersions(client: pg.ClientBase): Promise<Map<number, string>> {
  const { rows } = await client.query<{ facet_id: number; app_version: string }>(
    'select facet_id, app_version from facets',
  );
  return new Map(rows.map(({ facet_id, app_version }) => [facet_id, app_version]));
}

interface VersionFigures {
  name: string;
  users: number;
  /** Of these, users who crashed with it. */
  crashed: number;
  /** Users on each day of the range. */
  days: Float64Array;
  /** Number of the day. */
  firstDay: number;
}

class ReleaseCounter {
  readonly versions: VersionFigures[];
  /** Users active in range. */
  active = 0;
  /** By `facet_id`: index of the version. */
  readonly #versionOf: Uint32Array;
  readonly #matches: Uint8Array;
  readonly #from: number;
  readonly #to: number;

  constructor(query: StatsQuery, matches: Uint8Array, versions: ReadonlyMap<number, string>) {
    const names = [...new Set(versions.values())];
    this.versions = names.map((name) => ({
      name,
      users: 0,
      crashed: 0,
      days: new Float64Array(lengthInDays(query)),
      firstDay: Number.POSITIVE_INFINITY,
    }));
    this.#versionOf = new Uint32Array(matches.length);
    for (const [facetId, name] of versions) this.#versionOf[facetId] = names.indexOf(name);
    this.#matches = matches;
    this.#from = dayNumber(query.from);
    this.#to = dayNumber(query.to);
  }

  add({ firsts, days }: Pick<UserHistory, 'firsts' | 'days'>): void {
    while (firsts.next()) {
      const version = this.versions[this.#versionOf[firsts.facetId]!]!;
      version.firstDay = Math.min(version.firstDay, firsts.day);
    }
    /** Versions that the user was active with, each with the latest day; and those that crashed. */
    const latest = new Map<VersionFigures, number>();
    const crashed = new Set<VersionFigures>();
    while (days.next() && days.day <= this.#to) {
      if (days.day < this.#from || this.#matches[days.facetId] === 0) continue;
      const version = this.versions[this.#versionOf[days.facetId]!]!;
      if ((days.flags & CRASHED) !== 0) crashed.add(version);
      if ((days.flags & ACTIVE) === 0 || latest.get(version) === days.day) continue;
      latest.set(version, days.day);
      version.days[days.day - this.#from]! += 1;
    }
    if (latest.size > 0) this.active += 1;
    for (const version of latest.keys()) {
      version.users += 1;
      if (crashed.has(version)) version.crashed += 1;
    }
  }
}

const CRASHES = `
  select app_version, count(*)::int as crashes
  from uncaught_crashes
  join facets using (facet_id)
  where day between $1::date and $2::date and facet_id = any ($3::int[])
  group by app_version`;
