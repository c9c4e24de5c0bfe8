/** The questions the sections share: a view's answer beside the one of the period before. */
import { figureQuery, periodOf, previousPeriod, type View } from './address.ts';
import type { Stats } from './api-types.ts';
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

export const askStats = (view: View): Promise<Compared<Stats>> => askCompared('stats', view);

export async function askCurrent<Data>(path: string, view: View): Promise<Compared<Data>> {
  const current = await get<Data>(`${path}?${figureQuery(periodOf(view), view.filters)}`);
  return { current, previous: null };
}
