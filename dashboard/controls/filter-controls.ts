/** Version, platform, country, environment: each a button with the values that exist. */
import { FILTERS, type FilterName, type Filters, type View } from '../address.ts';
import type { FilterValues } from '../choices.ts';
import { element, fill } from '../dom.ts';
import { count, countryName } from '../format.ts';
import { clearFilters, currentView, hasFilters, setFilter } from '../navigation.ts';
import { createPopover, type PopoverControl } from './popover.ts';

const NAMES: Record<FilterName, string> = {
  app_version: 'Version',
  platform: 'Platform',
  country: 'Country',
  environment: 'Environment',
};

export interface FilterControls {
  element: HTMLElement;
  offer(values: FilterValues): void;
  update(view: View): void;
}

export function createFilterControls(): FilterControls {
  let offered: FilterValues | null = null;
  const controls = FILTERS.map((name) => {
    const list = element('div', { class: 'checks' });
    return { name, list, popover: createPopover(NAMES[name], '', list) };
  });
  const clear = element(
    'button',
    { type: 'button', class: 'control quiet', onclick: clearFilters },
    'Clear filters',
  );

  function update(view: View): void {
    clear.hidden = !hasFilters(view.filters);
    for (const { name, list, popover } of controls) {
      labelButton(popover, name, view.filters[name]);
      fill(list, ...options(name, view.filters, offered));
    }
  }
  update(currentView());
  return {
    element: element('div', { class: 'filters' }, ...controls.map(({ popover }) => popover.element), clear),
    offer(values) {
      if (values === offered) return;
      offered = values;
      update(currentView());
    },
    update,
  };
}

function labelButton({ button }: PopoverControl, name: FilterName, values: string[]): void {
  const [first, ...others] = values;
  const text =
    first === undefined
      ? name === 'environment'
        ? 'production'
        : 'all'
      : `${valueName(name, first)}${others.length > 0 ? ` +${others.length}` : ''}`;
  button.classList.toggle('set', first !== undefined);
  fill(
    button,
    element('span', { class: 'control-name' }, NAMES[name]),
    element('span', { class: 'control-value' }, text),
  );
}

function options(name: FilterName, filters: Filters, offered: FilterValues | null): HTMLElement[] {
  const chosen = filters[name];
  if (name === 'environment') return environmentOptions(chosen);
  const known = offered?.[name] ?? [];
  // What the address names stays on offer, also when nothing has it (any more).
  const missing = chosen.filter((value) => !known.some((option) => option.value === value));
  const all = [...missing.map((value) => ({ value, users: 0 })), ...known];
  if (all.length === 0)
    return [element('p', { class: 'note' }, offered ? 'Nothing to choose from yet.' : 'Loading…')];
  return all.map(({ value, users }) =>
    checkbox(
      `filter-${name}-${value}`,
      valueName(name, value),
      count(users),
      chosen.includes(value),
      (checked) => setFilter(name, checked ? [...chosen, value] : chosen.filter((other) => other !== value)),
    ),
  );
}

const ENVIRONMENTS = [
  { value: 'production', label: 'Production', values: [] },
  { value: 'development', label: 'Development', values: ['development'] },
  { value: 'all', label: 'All', values: ['all'] },
];

function environmentOptions(chosen: string[]): HTMLElement[] {
  const current = chosen[0] ?? 'production';
  return ENVIRONMENTS.map(({ value, label, values }) => {
    const input = element('input', {
      type: 'radio',
      name: 'environment',
      id: `environment-${value}`,
      checked: value === current,
      onchange: () => setFilter('environment', values),
    });
    return element('div', { class: 'check' }, input, element('label', { for: input.id }, label));
  });
}

function checkbox(
  id: string,
  label: string,
  note: string,
  checked: boolean,
  change: (checked: boolean) => void,
): HTMLElement {
  const input = element('input', { type: 'checkbox', id, checked, onchange: () => change(input.checked) });
  return element(
    'div',
    { class: 'check' },
    input,
    element('label', { for: id }, label),
    element('span', { class: 'check-note', title: 'Users, all time' }, note),
  );
}

function valueName(name: FilterName, value: string): string {
  return name === 'country' ? countryName(value) : value;
}
