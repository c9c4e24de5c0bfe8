/** The one place that knows the current view and changes the address. */
import { FILTERS, formatAddress, parseAddress, type FilterName, type View } from './address.ts';

type Listener = (view: View, before: View) => void;

const listeners = new Set<Listener>();
let view = parseAddress(location.search);

export function currentView(): View {
  return view;
}

/** A new entry in the browser's history, so that "back" leads to the view before. */
export function go(change: Partial<View>): void {
  const next = { ...view, ...change };
  // Another page starts at its own beginning; what was opened there does not follow.
  if (change.page && change.page !== view.page && change.item === undefined) next.item = null;
  if (next.page !== 'crashes') next.module = null;
  history.pushState(null, '', addressOf(next));
  adopt(next);
}

export function addressOf(next: View): string {
  return `${location.pathname}${formatAddress(next)}`;
}

export function setFilter(name: FilterName, values: string[]): void {
  go({ filters: { ...view.filters, [name]: values } });
}

/** Narrows to one value, or gives all back when it is the one already. */
export function toggleFilter(name: FilterName, value: string): void {
  const [only, ...others] = view.filters[name];
  setFilter(name, only === value && others.length === 0 ? [] : [value]);
}

export function clearFilters(): void {
  go({ filters: { app_version: [], platform: [], country: [], environment: [] } });
}

export function hasFilters(filters: View['filters']): boolean {
  return FILTERS.some((name) => filters[name].length > 0);
}

export function onView(listener: Listener): void {
  listeners.add(listener);
}

addEventListener('popstate', () => adopt(parseAddress(location.search)));

function adopt(next: View): void {
  const before = view;
  view = next;
  for (const listener of listeners) listener(next, before);
}
