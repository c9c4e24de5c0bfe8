/** Reads `from`, `to` and the filters, the same for every route below `/stats` and for the exports. */
import { ApiError } from '../errors.ts';
import { type Day, FACET_COLUMNS, type StatsQuery, addDays, lengthInDays } from '../store/stats/query.ts';

const MAX_DAYS = 366;
/** With `to`, what a query without `from` covers. */
const DEFAULT_DAYS = 30;
/** Years that both JavaScript and PostgreSQL write with four digits, with room for windows before and after. */
const FIRST_DAY = '0002-01-01';
const LAST_DAY = '9998-12-31';

export interface ParsedQuery {
  query: StatsQuery;
  /** Parameters of the route's own, by name. */
  own: Partial<Record<string, string>>;
}

/**
 * Parses a request's address. `ownParameters` are those that this route takes beside the common ones. Throws
 * `invalid_query`, naming the parameter.
 */
export function parseStatsQuery(
  url: string,
  ownParameters: readonly string[] = [],
  today = utcToday(),
): ParsedQuery {
  const given = parameters(url, ['from', 'to', ...FACET_COLUMNS, ...ownParameters]);
  const to = parseDay('to', given.get('to')) ?? today;
  const from = parseDay('from', given.get('from')) ?? addDays(to, 1 - DEFAULT_DAYS);
  if (from > to) throw invalid('from', `expected a day not after to (${to})`);
  const query: StatsQuery = { from, to, filters: {} };
  if (lengthInDays(query) > MAX_DAYS) throw invalid('from', `expected at most ${MAX_DAYS} days up to ${to}`);
  for (const column of FACET_COLUMNS) {
    const values = parseList(column, given.get(column));
    if (values !== undefined) query.filters[column] = values;
  }
  query.filters.environment ??= ['production'];
  if (query.filters.environment.includes('all')) delete query.filters.environment;
  return { query, own: Object.fromEntries(ownParameters.map((name) => [name, given.get(name)])) };
}

export function invalid(parameter: string, expectation: string): ApiError {
  return new ApiError('invalid_query', `${parameter}: ${expectation}`);
}

function utcToday(): Day {
  return new Date().toISOString().slice(0, 10);
}

/** Each parameter once, none empty, none unknown. */
export function parameters(url: string, known: readonly string[]): Map<string, string> {
  const given = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(url.split('?').slice(1).join('?'))) {
    if (!known.includes(name)) throw invalid(name.slice(0, 64), `unknown; expected ${known.join(', ')}`);
    if (given.has(name)) throw invalid(name, 'given more than once');
    if (value === '') throw invalid(name, 'expected a value');
    given.set(name, value);
  }
  return given;
}

export function parseDay(name: string, value: string | undefined): Day | undefined {
  if (value === undefined) return undefined;
  const time = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(value) : Number.NaN;
  // 2026-02-30 is read as a day of March by some engines.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== value) {
    throw invalid(name, 'expected a day such as 2026-06-01');
  }
  if (value < FIRST_DAY || value > LAST_DAY)
    throw invalid(name, `expected a day from ${FIRST_DAY} to ${LAST_DAY}`);
  return value;
}

function parseList(name: string, value: string | undefined): string[] | undefined {
  if (value === undefined) return undefined;
  const values = value.split(',');
  if (values.includes('')) throw invalid(name, 'expected values separated by single commas');
  // No stored text holds NUL, which PostgreSQL does not take: such a value matches nothing.
  return values.filter((text) => !text.includes('\0'));
}
