/** Which of the app's own events there are: how often each happened in range, and to how many users. */
import type { Pool } from 'pg';

import { eachRow, NAME_AT, NAME_IDS, readParts, STEP_BYTES } from './day-steps.ts';
import { matchingFacets } from './facets.ts';
import type { StatsQuery } from './query.ts';
import { inSnapshot } from './snapshot.ts';

export interface EventCount {
  event: string;
  count: number;
  users: number;
}

/** Events in range, by descending count, then by name. */
export function readEventCounts(
  pool: Pool,
  { from, to, filters }: StatsQuery,
  usersPerPart?: number,
): Promise<EventCount[]> {
  return inSnapshot(pool, async (client) => {
    const { ids } = await matchingFacets(client, { from, to, filters });
    const { rows: names } = await client.query<{ name_id: number; event: string }>(
      'select name_id, event from event_names',
    );
    const highest = names.reduce((max, { name_id }) => Math.max(max, name_id), 0);
    const counter = new EventCounter(highest);
    for await (const days of readParts(client, { from, to, facetIds: ids }, usersPerPart)) {
      counter.startPart();
      for await (const { bytes } of days) counter.add(bytes);
    }
    return names
      .map(({ name_id, event }) => ({ event, ...counter.of(name_id) }))
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.count - a.count || Buffer.compare(Buffer.from(a.event), Buffer.from(b.event)));
  });
}

/** Room for users at first; doubled whenever it is used up. */
const FIRST_ROOM = 1_024;

/** Counts steps by name. Of each user it keeps one bit for every name: whether they had it before. */
class EventCounter {
  readonly #counts = new Float64Array(NAME_IDS);
  readonly #users = new Float64Array(NAME_IDS);
  /** Bytes of a user's bits. */
  readonly #width: number;
  #indexes = new Map<string, number>();
  #had = new Uint8Array(0);

  constructor(highestName: number) {
    this.#width = Math.floor(highestName / 8) + 1;
  }

  /** Users of parts before do not come again. */
  startPart(): void {
    this.#indexes = new Map();
    this.#had = new Uint8Array(FIRST_ROOM * this.#width);
  }

  add(day: Buffer): void {
    eachRow(day, (userId, view, start, end) => {
      const bits = this.#indexOf(userId) * this.#width;
      for (let at = start; at < end; at += STEP_BYTES) {
        const name = view.getUint16(at + NAME_AT);
        this.#counts[name]! += 1;
        const byte = bits + (name >> 3);
        const bit = 1 << (name & 7);
        if ((this.#had[byte]! & bit) !== 0) continue;
        this.#had[byte]! |= bit;
        this.#users[name]! += 1;
      }
    });
  }

  of(nameId: number): Omit<EventCount, 'event'> {
    return { count: this.#counts[nameId]!, users: this.#users[nameId]! };
  }

  #indexOf(userId: string): number {
    const known = this.#indexes.get(userId);
    if (known !== undefined) return known;
    const index = this.#indexes.size;
    this.#indexes.set(userId, index);
    if (index * this.#width === this.#had.length) {
      const had = this.#had;
      this.#had = new Uint8Array(had.length * 2);
      this.#had.set(had);
    }
    return index;
  }
}
