/** Which of the app's own events there are: how often each happened in range, and to how many users. */
import type { Pool } from 'pg';

import { eachRow, NAME_AT, readInParts, STEP_BYTES } from './day-steps.ts';
import { matchingFacets } from './facets.ts';
import type { StatsQuery } from './query.ts';
import { inSnapshot } from './snapshot.ts';
import { UserNumbers } from './user-numbers.ts';

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
    const parts = await readInParts(
      pool,
      client,
      { from, to, facetIds: ids },
      async (days) => {
        const counter = new EventCounter(highest);
        for await (const { bytes } of days) counter.add(bytes);
        const { counts, users } = counter;
        return { counts, users };
      },
      usersPerPart,
    );
    return names
      .map(({ name_id, event }) => ({
        event,
        count: parts.reduce((sum, { counts }) => sum + counts[name_id]!, 0),
        users: parts.reduce((sum, { users }) => sum + users[name_id]!, 0),
      }))
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.count - a.count || Buffer.compare(Buffer.from(a.event), Buffer.from(b.event)));
  });
}

/** Room for users at first; doubled whenever it is used up. */
const FIRST_ROOM = 1_024;

/** Counts steps by name. Of each user it keeps one bit for every name: whether they had it before. */
class EventCounter {
  /** By `name_id`. */
  readonly counts: Float64Array;
  readonly users: Float64Array;
  /** Bytes of a user's bits. */
  readonly #width: number;
  readonly #numbers = new UserNumbers();
  #had: Uint8Array;

  constructor(highestName: number) {
    this.counts = new Float64Array(highestName + 1);
    this.users = new Float64Array(highestName + 1);
    this.#width = Math.floor(highestName / 8) + 1;
    this.#had = new Uint8Array(FIRST_ROOM * this.#width);
  }

  add(day: Buffer): void {
    eachRow(day, (view, idAt, start, end) => {
      const bits = this.#numbers.of(view, idAt) * this.#width;
      this.#makeRoom(bits);
      for (let at = start; at < end; at += STEP_BYTES) {
        const name = view.getUint16(at + NAME_AT);
        this.counts[name]! += 1;
        const byte = bits + (name >> 3);
        const bit = 1 << (name & 7);
        if ((this.#had[byte]! & bit) !== 0) continue;
        this.#had[byte]! |= bit;
        this.users[name]! += 1;
      }
    });
  }

  #makeRoom(bits: number): void {
    if (bits < this.#had.length) return;
    const had = this.#had;
    this.#had = new Uint8Array(had.length * 2);
    this.#had.set(had);
  }
}
