/** `GET /stats/filters`: what can be filtered by, most users first. */
import type { FilterName } from './address.ts';
import { get } from './api.ts';

export type FilterValues = Record<FilterName, { value: string; users: number }[]>;

/** New versions and countries turn up in the lists within a minute. */
const MAX_AGE_MS = 60_000;

export function askFilterValues({ maxAgeMs = MAX_AGE_MS } = {}): Promise<FilterValues> {
  return get<FilterValues>('stats/filters', { maxAgeMs });
}

export function usersOf(values: FilterValues, environment: string): number {
  return values.environment.find(({ value }) => value === environment)?.users ?? 0;
}
