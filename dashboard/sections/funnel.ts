/** How many users get from one event to the next, with steps to choose. */
import { figureQuery, periodOf, type View } from '../address.ts';
import type { Catalogue, Funnel } from '../api-types.ts';
import { get } from '../api.ts';
import type { Compared } from '../ask.ts';
import { createFunnelEditor } from '../controls/funnel-editor.ts';
import { element, fill } from '../dom.ts';
import { count, exact, percent, shown, words } from '../format.ts';
import { createCard } from '../parts/card.ts';
import type { Part } from '../parts/part.ts';
import { createSection, type Section } from '../parts/section.ts';

export function funnelSection(): Section {
  return createSection({
    id: 'funnel',
    title: 'Funnel',
    lead: 'How many users get from one step to the next, in this order.',
    ask: askFunnel,
    parts: [createFunnelCard()],
  });
}

async function askFunnel(view: View): Promise<Compared<Funnel>> {
  const query = figureQuery(periodOf(view), view.filters);
  query.set('steps', view.funnel.steps.join(','));
  query.set('window_days', String(view.funnel.windowDays));
  return { current: await get<Funnel>(`stats/funnel?${query}`), previous: null };
}

function createFunnelCard(): Part<Funnel> {
  let shownSteps: Funnel['steps'] = [];
  const card = createCard({
    title: 'Steps',
    note: 'The first step lies in the range, the others within the window after it',
    width: 'whole',
    rows: () => ({
      title: 'Funnel',
      columns: [
        { label: 'Step' },
        { label: 'Users', format: count },
        { label: 'Share of the first step', format: percent },
      ],
      rows: shownSteps.map(({ event, users, rate }) => [event, users, rate]),
    }),
  });
  const editor = createFunnelEditor();
  card.tools.prepend(editor.element);
  const table = element('table', { class: 'funnel' });
  card.body.append(table);
  void get<Catalogue>('stats/catalogue', { maxAgeMs: Infinity }).then(
    ({ events }) => editor.offer(Object.keys(events)),
    () => {}, // the steps of the address stay on offer
  );
  return {
    element: card.element,
    update({ steps }) {
      shownSteps = steps;
      fill(
        table,
        element('caption', { class: 'visually-hidden' }, 'Funnel'),
        element(
          'thead',
          {},
          element(
            'tr',
            {},
            ...['Step', 'Users', 'Of the first', 'Of the step before'].map((label, index) =>
              element('th', { scope: 'col', class: index > 0 ? 'number' : null }, label),
            ),
          ),
        ),
        element('tbody', {}, ...steps.map((step, index) => stepRow(step, index, steps[index - 1]))),
      );
    },
  };
}

type Step = Funnel['steps'][number];

function stepRow({ event, users, rate }: Step, index: number, before: Step | undefined): HTMLElement {
  const bar = element('span', { class: 'bar', 'aria-hidden': 'true' });
  bar.style.inlineSize = `${(rate ?? 0) * 100}%`;
  const kept = before && before.users > 0 ? users / before.users : null;
  return element(
    'tr',
    {},
    element(
      'th',
      { scope: 'row' },
      element(
        'span',
        { class: 'step' },
        element('span', { class: 'step-number' }, String(index + 1)),
        words(event),
      ),
      element('span', { class: 'track' }, bar),
    ),
    element('td', { class: 'number', title: exact(users) }, count(users)),
    element('td', { class: 'number', title: exact(rate) }, shown(rate, percent)),
    element('td', { class: 'number', title: exact(kept) }, index === 0 ? '' : shown(kept, percent)),
  );
}
