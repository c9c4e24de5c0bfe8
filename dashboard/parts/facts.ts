import { element, type Child } from '../dom.ts';

/** Names with their values, side by side. What has no value is unknown. */
export function facts(rows: [name: string, value: Child][]): HTMLElement {
  return element(
    'dl',
    { class: 'facts' },
    ...rows.map(([name, value]) =>
      element('div', {}, element('dt', {}, name), element('dd', {}, value || 'unknown')),
    ),
  );
}
