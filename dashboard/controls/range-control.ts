/** The date range: presets that move with the calendar, two days of one's own, and the comparison. */
import { MAX_RANGE_DAYS, periodOf, PRESETS, previousPeriod, type Preset, type View } from '../address.ts';
import { addDays, daysBetween, today } from '../days.ts';
import { element, fill } from '../dom.ts';
import { dayRange } from '../format.ts';
import { currentView, go } from '../navigation.ts';
import { createPopover } from './popover.ts';

const PRESET_NAMES: Record<Preset, string> = {
  '1d': 'Today',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  '90d': 'Last 90 days',
  '365d': 'Last 365 days',
};

export function createRangeControl(): { element: HTMLElement; update(view: View): void } {
  const presets = (Object.keys(PRESETS) as Preset[]).map((preset) => ({
    preset,
    button: element(
      'button',
      { type: 'button', class: 'choice', onclick: () => choose(preset) },
      PRESET_NAMES[preset],
    ),
  }));
  const from = element('input', { type: 'date', id: 'range-from', required: true });
  const to = element('input', { type: 'date', id: 'range-to', required: true });
  const problem = element('p', { class: 'problem', role: 'alert' });
  const compare = element('input', {
    type: 'checkbox',
    id: 'range-compare',
    onchange: () => go({ compare: compare.checked }),
  });
  const form = element(
    'form',
    { class: 'range-form', novalidate: true, onsubmit: apply },
    element('div', { class: 'field' }, element('label', { for: 'range-from' }, 'From'), from),
    element('div', { class: 'field' }, element('label', { for: 'range-to' }, 'To'), to),
    problem,
    element('button', { type: 'submit', class: 'button primary' }, 'Show this range'),
  );
  const control = createPopover(
    'Date range',
    '',
    element('div', { class: 'choices' }, ...presets.map(({ button }) => button)),
    form,
    element(
      'div',
      { class: 'check' },
      compare,
      element('label', { for: 'range-compare' }, 'Compare with the previous period'),
    ),
    element('p', { class: 'note' }, 'Days are UTC calendar days, both included.'),
  );

  function choose(range: View['range']): void {
    control.close();
    go({ range });
  }

  function apply(event: Event): void {
    event.preventDefault();
    const wrong = problemWith(from.value, to.value);
    problem.textContent = wrong ?? '';
    if (wrong === null) choose({ from: from.value, to: to.value });
  }

  function update(view: View): void {
    const period = periodOf(view);
    fill(
      control.button,
      element(
        'span',
        { class: 'control-name' },
        typeof view.range === 'string' ? PRESET_NAMES[view.range] : 'Range',
      ),
      element('span', { class: 'control-value' }, dayRange(period.from, period.to)),
    );
    for (const { preset, button } of presets)
      button.setAttribute('aria-pressed', String(view.range === preset));
    from.value = period.from;
    to.value = period.to;
    from.max = to.max = today();
    compare.checked = view.compare;
    problem.textContent = '';
  }
  update(currentView());
  return { element: control.element, update };
}

function problemWith(from: string, to: string): string | null {
  if (from === '' || to === '') return 'Fill in both days.';
  if (from > to) return 'The first day lies after the last.';
  if (daysBetween(from, to) > MAX_RANGE_DAYS) {
    return `At most ${MAX_RANGE_DAYS} days: ${addDays(to, 1 - MAX_RANGE_DAYS)} is the earliest first day for this last one.`;
  }
  return null;
}

/** What is compared with what, for the head of a page and for paper. */
export function rangeInWords(view: View, compared: boolean): string {
  const period = periodOf(view);
  const before = previousPeriod(period);
  const range = `${dayRange(period.from, period.to)}, days in UTC`;
  return compared && view.compare ? `${range}, compared with ${dayRange(before.from, before.to)}` : range;
}
