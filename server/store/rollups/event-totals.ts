/** Events by environment, name and day (`environment_events`), brought in line with what histories gain and lose. */
import type pg from 'pg';

import { type Entry, eachName } from '../histories/entries.ts';
import { dayOfNumber } from '../histories/format.ts';
import { CountChanges } from './counted.ts';

export class EventChanges {
  readonly #changes = new CountChanges();
  readonly #environments: ReadonlyMap<number, string>;

  /** `environments`: by `facet_id`. */
  constructor(environments: ReadonlyMap<number, string>) {
    this.#environments = environments;
  }

  /** Adds (`sign` 1) or takes off (-1) the entries of a user: all that there are of their days. */
  take(entries: readonly Entry[], sign: 1 | -1): void {
    // A user counts once for a day, whatever the facets.
    const events = new Map<string, { key: string[]; count: number }>();
    for (const { day, facetId, names } of entries) {
      const [environment, date] = [this.#environments.get(facetId)!, dayOfNumber(day)];
      eachName(names, (nameId) => {
        const key = [environment, String(nameId), date];
        const name = key.join(' ');
        const of = events.get(name) ?? { key, count: 0 };
        events.set(name, of);
        of.count += 1;
      });
    }
    for (const { key, count } of events.values()) this.#changes.count({ key, counts: [count, 1] }, sign);
  }

  apply(client: pg.ClientBase): Promise<void> {
    return this.#changes.apply(client, ADD);
  }
}

export async function readEnvironments(client: pg.ClientBase): Promise<Map<number, string>> {
  const { rows } = await client.query<{ facet_id: number; environment: string }>(
    'select facet_id, environment from facets',
  );
  return new Map(rows.map((row) => [row.facet_id, row.environment]));
}

const ADD = `
  insert into environment_events (environment, name_id, day, events, users)
  select * from unnest($1::text[], $2::int[], $3::date[], $4::int[], $5::int[])
  on conflict (environment, name_id, day) do update
  set events = environment_events.events + excluded.events, users = environment_events.users + excluded.users`;
