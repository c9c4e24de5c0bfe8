/** Which of the app's own events there are: how often each happened in range, and to how many users. */
import type { Pool } from 'pg';

import type { DayReader } from '../histories/day-columns.ts';
import { dayNumber } from '../histories/format.ts';
import { matchingFacets } from './facets.ts';
import { eachHistory } from './histories.ts';
import type { StatsQuery } from './query.ts';
import { inSnapshot } from './snapshot.ts';

export interface EventCount {
  event: string;
  count: number;
  users: number;
}

/** Events in range, by descending count, then by name. */
export function readEventCounts(pool: Pool, query: StatsQuery): Promise<EventCount[]> {
  return inSnapshot(pool, async (client) => {
    const { look } = await matchingFacets(client, query);
    const { rows: names } = await client.query<{ name_id: number; event: string }>(
      'select name_id, event from event_names',
    );
    const highest = names.reduce((max, { name_id }) => Math.max(max, name_id), 0);
    const counter = new EventCounter(query, look.matches, highest);
    await eachHistory(client, ['days'], ({ days }) => counter.add(days), query.from);
    return names
      .map(({ name_id, event }) => ({
        event,
        count: counter.counts[name_id]!,
        users: counter.users[name_id]!,
      }))
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.count - a.count || Buffer.compare(Buffer.from(a.event), Buffer.from(b.event)));
  });
}

class EventCounter {
  /** By `name_id`. */
  readonly counts: Float64Array;
  readonly users: Float64Array;
  /** The same of the present user. */
  readonly #own: Float64Array;
  readonly #matches: Uint8Array;
  readonly #from: number;
  readonly #to: number;

  constructor({ from, to }: StatsQuery, matches: Uint8Array, highestName: number) {
    this.counts = new Float64Array(highestName + 1);
    this.users = new Float64Array(highestName + 1);
    this.#own = new Float64Array(highestName + 1);
    this.#matches = matches;
    this.#from = dayNumber(from);
    this.#to = dayNumber(to);
  }

  add(days: DayReader): void {
    const own = this.#own;
    while (days.addAllNamesTo(own, this.#from, this.#to, this.#matches));
    while (days.next() && days.day <= this.#to) {
      if (days.day >= this.#from && this.#matches[days.facetId] === 1) days.addNamesTo(own);
    }
    for (let nameId = 0; nameId < own.length; nameId += 1) {
      if (own[nameId] === 0) continue;
      this.counts[nameId]! += own[nameId]!;
      this.users[nameId]! += 1;
      own[nameId] = 0;
    }
  }
}
