/** Says that a range holds nothing, and leads to one that may. */
import type { Figures } from '../api-types.ts';
import { element, fill } from '../dom.ts';
import { clearFilters, currentView, go, hasFilters } from '../navigation.ts';
import type { Part } from './part.ts';

export function createEmptyHint(): Part<Figures> {
  const hint = element('div', { class: 'card whole empty-hint', role: 'status', hidden: true });
  const button = (text: string, onclick: () => void): HTMLElement =>
    element('button', { type: 'button', class: 'button', onclick }, text);
  return {
    element: hint,
    update({ days }) {
      const nothing = days.every(({ active_users, crashes }) => active_users === 0 && crashes === 0);
      hint.hidden = !nothing;
      if (!nothing) return;
      const filtered = hasFilters(currentView().filters);
      fill(
        hint,
        element(
          'p',
          {},
          filtered ? 'Nothing in this range with these filters.' : 'Nobody used the app in this range.',
        ),
        element(
          'div',
          { class: 'group-actions' },
          filtered ? button('Clear filters', clearFilters) : null,
          button('Last 365 days', () => go({ range: '365d' })),
        ),
      );
    },
  };
}
