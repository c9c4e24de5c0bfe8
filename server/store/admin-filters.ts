/** What figures can be filtered by. */
import type pg from 'pg';

import { eachHistory } from './stats/histories.ts';
import { FACET_COLUMNS, type FacetColumn } from './stats/query.ts';
import { inSnapshot } from './stats/snapshot.ts';

export type FilterValues = Record<FacetColumn, FilterValue[]>;

interface FilterValue {
  value: string;
  users: number;
}

/** Every value that an event has, with the users who ever had it; most users first. */
export function readFilterValues(pool: pg.Pool): Promise<FilterValues> {
  return inSnapshot(pool, async (client) => {
    const { rows: facets } = await client.query<Record<FacetColumn, string> & { facet_id: number }>(
      `select facet_id, ${FACET_COLUMNS.join(', ')} from facets`,
    );
    const counters = FACET_COLUMNS.map(
      (column) => new ValueCounter(facets.map((facet) => [facet.facet_id, facet[column]])),
    );
    let user = 0;
    await eachHistory(client, ['firsts'], ({ firsts }) => {
      user += 1;
      while (firsts.next()) for (const counter of counters) counter.add(user, firsts.facetId);
    });
    return Object.fromEntries(
      FACET_COLUMNS.map((column, i) => [column, counters[i]!.inOrder()]),
    ) as FilterValues;
  });
}

/** Counts the users of each value of one column. */
class ValueCounter {
  /** Values, and the latest user who was counted for each. */
  readonly #values = new Map<string, FilterValue & { latest: number }>();
  readonly #byFacet = new Map<number, FilterValue & { latest: number }>();

  constructor(facets: readonly (readonly [facetId: number, value: string])[]) {
    for (const [facetId, value] of facets) {
      if (value === '') continue;
      const counted = this.#values.get(value) ?? { value, users: 0, latest: 0 };
      this.#values.set(value, counted);
      this.#byFacet.set(facetId, counted);
    }
  }

  add(user: number, facetId: number): void {
    const counted = this.#byFacet.get(facetId);
    if (counted === undefined || counted.latest === user) return;
    counted.latest = user;
    counted.users += 1;
  }

  inOrder(): FilterValue[] {
    return [...this.#values.values()]
      .filter(({ users }) => users > 0)
      .map(({ value, users }) => ({ value, users }))
      .sort((a, b) => b.users - a.users || Buffer.compare(Buffer.from(a.value), Buffer.from(b.value)));
  }
}
