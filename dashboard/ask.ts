/** The questions the sections share: a view's answer beside the one of the period before. */
import { figureQuery, periodOf, previousPeriod, type View } from './address.ts';
import type { Daily, Figures, Stats } from './api-types.ts';
import { get, type GetOptions } from './api.ts';

export interface Compared<Data> {
  current: Data;
  previous: Data | null;
}

/** A closed period moves only with what arrives late: asking once a minute is enough. */
export const PREVIOUS_MAX_AGE_MS = 60_000;

/** What one part of the page has just been told is good enough for the others. */
const JUST_TOLD_MS = 1_000;

export async function askCompared<Data>(path: string, view: View): Promise<Compared<Data>> {
  const period = periodOf(view);
  const before = previousPeriod(period);
  const [current, previous] = await Promise.all([
    get<Data>(`${path}?${figureQuery(period, view.filters)}`, { maxAgeMs: JUST_TOLD_MS }),
    view.compare
      ? get<Data>(`${path}?${figureQuery(before, view.filters)}`, { maxAgeMs: PREVIOUS_MAX_AGE_MS })
      : null,
  ]);
  return { current, previous };
}

/** `/stats` with its days. */
export async function askFigures(view: View): Promise<Compared<Figures>> {
  const [stats, daily] = await Promise.all([
    askCompared<Stats>('stats', view),
    askCompared<Daily>('stats/daily', view),
  ]);
  const previous = stats.previous && daily.previous ? joinPrevious(stats.previous, daily.previous) : null;
  return { current: joinCurrent(stats.current, daily.current), previous };
}

const joinCurrent = remembering(join);
const joinPrevious = remembering(join);

function join(stats: Stats, daily: Daily): Figures {
  return { ...stats, days: daily.days };
}

/** The same answers as at the last call give the same object again: what did not change is not drawn again. */
export function remembering<Parts extends unknown[], Whole>(
  make: (...parts: Parts) => Whole,
): (...parts: Parts) => Whole {
  let last: { parts: Parts; whole: Whole } | null = null;
  return (...parts) => {
    const same =
      last?.parts.length === parts.length && last.parts.every((part, index) => part === parts[index]);
    if (!last || !same) last = { parts, whole: make(...parts) };
    return last.whole;
  };
}

export async function askCurrent<Data>(
  path: string,
  view: View,
  options: GetOptions = {},
): Promise<Compared<Data>> {
  const current = await get<Data>(`${path}?${figureQuery(periodOf(view), view.filters)}`, options);
  return { current, previous: null };
}
