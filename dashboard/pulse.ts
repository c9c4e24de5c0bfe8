/**
 * Whether anything was stored since the figures on the page were read: a small question, asked every few seconds in
 * the place of many large ones.
 */
import { addDays, today } from './days.ts';
import type { View } from './address.ts';
import type { Recent } from './api-types.ts';
import { get } from './api.ts';
import { figuresAsOf, forgetAsOf } from './as-of.ts';
import type { Page } from './pages/page.ts';

/** What no new record shows (erasure, retention, a status changed elsewhere) is seen after this long at the latest. */
const MAX_AGE_MS = 30_000;
/** A record's time of storing is that of its transaction's start; it may become visible this much later. */
const OVERLAP_MS = 10_000;

/** The page, asking only when there may be news: always for another view. */
export function withPulse(page: Page): Page {
  let shown: { view: View; at: number; pulse: Recent } | null = null;
  let since: string | null = null;

  /** The same object as long as nothing new is stored. */
  function ask(): Promise<Recent> {
    const query = new URLSearchParams({ from: addDays(today(), -365), to: today(), environment: 'all' });
    if (since !== null) query.set('after', since);
    return get<Recent>(`stats/recent?${query}`);
  }

  return {
    ...page,
    async load(view) {
      if (shown !== null) {
        const pulse = await ask();
        // A server that is behind moves the figures without anything new being stored.
        const fresh = performance.now() - shown.at < MAX_AGE_MS && figuresAsOf() === null;
        if (fresh && shown.view === view && shown.pulse === pulse) return;
        const newest = pulse.records[0]?.stored_at;
        if (newest !== undefined) since = new Date(Date.parse(newest) - OVERLAP_MS).toISOString();
      }
      forgetAsOf();
      // Asked ahead of the figures: what comes in between is news for the next time.
      const [pulse] = await Promise.all([ask(), page.load(view)]);
      shown = { view, at: performance.now(), pulse };
    },
  };
}
