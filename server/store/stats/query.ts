/** What the figures are asked for: a range of days and filters. */

/** A UTC calendar day, YYYY-MM-DD. */
export type Day = string;

export const FACET_COLUMNS = ['app_version', 'platform', 'country', 'environment'] as const;
export type FacetColumn = (typeof FACET_COLUMNS)[number];

export interface StatsQuery {
  from: Day;
  /** Included. */
  to: Day;
  /** Rows must equal one of the values of each; a column that is absent is not filtered. */
  filters: Partial<Record<FacetColumn, string[]>>;
}

const DAY_MS = 86_400_000;

export function addDays(day: Day, days: number): Day {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** From `from` to `to`, both included. */
export function daysBetween(from: Day, to: Day): Day[] {
  const days: Day[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += DAY_MS) {
    days.push(new Date(at).toISOString().slice(0, 10));
  }
  return days;
}

/** The Monday of the day's ISO week. */
export function mondayOf(day: Day): Day {
  return addDays(day, -((new Date(day).getUTCDay() + 6) % 7));
}

export function lengthInDays({ from, to }: StatsQuery): number {
  return (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
}

/** The Mondays of all ISO weeks that have a day in the range. */
export function weeksTouching({ from, to }: StatsQuery): Day[] {
  return [...new Set(daysBetween(from, to).map(mondayOf))];
}
