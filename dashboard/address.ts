/**
 * What is being looked at, kept in the URL and nowhere else: a view can be shared, and the back button works.
 * Defaults are left out, so that the plain address is the plain view.
 */
import { addDays, daysBetween, isDay, today } from './days.ts';

export const PAGES = ['figures', 'crashes', 'events', 'live', 'delivery', 'settings'] as const;
export type PageName = (typeof PAGES)[number];

export const FILTERS = ['app_version', 'platform', 'country', 'environment'] as const;
export type FilterName = (typeof FILTERS)[number];
export type Filters = Record<FilterName, string[]>;

/** Ranges that move with the calendar; 366 days is the longest the server answers. */
export const PRESETS = { '1d': 1, '7d': 7, '30d': 30, '90d': 90, '365d': 365 } as const;
export type Preset = keyof typeof PRESETS;
export const MAX_RANGE_DAYS = 366;
const DEFAULT_PRESET: Preset = '30d';

export interface View {
  page: PageName;
  /** The crash group or event that is opened. */
  item: string | null;
  /** On the page of crashes: the native module that groups must have a frame in. */
  module: string | null;
  /** A preset moves on with the day; `from` and `to` stay. */
  range: Preset | { from: string; to: string };
  compare: boolean;
  filters: Filters;
  funnel: { steps: string[]; windowDays: number };
}

export const DEFAULT_FUNNEL = {
  steps: ['app_opened', 'recording_started', 'recording_completed', 'transcription_completed'],
  windowDays: 7,
};

/** What cannot be understood falls back to the default: a mistyped address still opens. */
export function parseAddress(search: string): View {
  const query = new URLSearchParams(search);
  const list = (name: string): string[] => (query.get(name) ?? '').split(',').filter((part) => part !== '');
  const page = PAGES.find((name) => name === query.get('page')) ?? 'figures';
  const steps = list('steps').slice(0, 10);
  const windowDays = Math.trunc(Number(query.get('window_days')));
  return {
    page,
    item: query.get('item') || null,
    module: page === 'crashes' ? query.get('module') || null : null,
    range: parseRange(query),
    compare: query.get('compare') !== 'none',
    filters: {
      app_version: list('app_version'),
      platform: list('platform'),
      country: list('country'),
      environment: list('environment'),
    },
    funnel: {
      steps: steps.length >= 2 ? steps : DEFAULT_FUNNEL.steps,
      windowDays: windowDays >= 1 && windowDays <= 90 ? windowDays : DEFAULT_FUNNEL.windowDays,
    },
  };
}

function parseRange(query: URLSearchParams): View['range'] {
  const from = query.get('from') ?? '';
  const to = query.get('to') ?? '';
  if (isDay(from) && isDay(to) && from <= to && daysBetween(from, to) <= MAX_RANGE_DAYS) return { from, to };
  const preset = query.get('range') ?? '';
  return isPreset(preset) ? preset : DEFAULT_PRESET;
}

function isPreset(text: string): text is Preset {
  return Object.hasOwn(PRESETS, text);
}

/** The query string of a view, `''` for the default one. */
export function formatAddress(view: View): string {
  const query = new URLSearchParams();
  if (view.page !== 'figures') query.set('page', view.page);
  if (view.item) query.set('item', view.item);
  if (view.module) query.set('module', view.module);
  if (typeof view.range !== 'string') {
    query.set('from', view.range.from);
    query.set('to', view.range.to);
  } else if (view.range !== DEFAULT_PRESET) query.set('range', view.range);
  if (!view.compare) query.set('compare', 'none');
  for (const name of FILTERS)
    if (view.filters[name].length > 0) query.set(name, view.filters[name].join(','));
  if (view.funnel.steps.join() !== DEFAULT_FUNNEL.steps.join())
    query.set('steps', view.funnel.steps.join(','));
  if (view.funnel.windowDays !== DEFAULT_FUNNEL.windowDays)
    query.set('window_days', String(view.funnel.windowDays));
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

export interface Period {
  from: string;
  to: string;
  days: number;
}

export function periodOf(view: View): Period {
  if (typeof view.range !== 'string')
    return { ...view.range, days: daysBetween(view.range.from, view.range.to) };
  const to = today();
  const days = PRESETS[view.range];
  return { from: addDays(to, 1 - days), to, days };
}

/** The same number of days just before. */
export function previousPeriod({ from, days }: Period): Period {
  return { from: addDays(from, -days), to: addDays(from, -1), days };
}

/** `from`, `to` and the filters as every figure of the server takes them. */
export function figureQuery(period: Period, filters: Filters): URLSearchParams {
  const query = new URLSearchParams({ from: period.from, to: period.to });
  for (const name of FILTERS) if (filters[name].length > 0) query.set(name, filters[name].join(','));
  return query;
}
