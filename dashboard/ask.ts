/** The questions the sections share: a view's answer beside the one of the period before. */
import { figureQuery, periodOf, previousPeriod, type View } from './address.ts';
import type { Daily, Figures, Stats } from './api-types.ts';
import { get } from './api.ts';

export interface Compared<Data> {
  current: Data;
  previous: Data | null;
}

/** A closed period moves only with what arrives late: asking once a minute is enough. */
const PREVIOUS_MAX_AGE_MS = 60_000;

export async function askCompared<Data>(path: string, view: View): Promise<Compared<Data>> {
  const period = periodOf(view);
  const before = previousPeriod(period);
  const [current, previous] = await Promise.all([
    get<Data>(`${path}?${figureQuery(period, view.filters)}`),
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
  const previous = stats.previous && daily.previous ? join(stats.previous, daily.previous) : null;
  return { current: join(stats.current, daily.current), previous };
}

const joined = new WeakMap<Stats, { daily: Daily; figures: Figures }>();

/** The same two answers always give the same object: unchanged figures are not drawn again. */
function join(stats: Stats, daily: Daily): Figures {
  const before = joined.get(stats);
  if (before?.daily === daily) return before.figures;
  const figures = { ...stats, days: daily.days };
  joined.set(stats, { daily, figures });
  return figures;
}

export async function askCurrent<Data>(path: string, view: View): Promise<Compared<Data>> {
  const current = await get<Data>(`${path}?${figureQuery(periodOf(view), view.filters)}`);
  return { current, previous: null };
}
