/** How many users get from one event to the next, with steps to choose. */
import { figureQuery, periodOf, type View } from '../address.ts';
import type { CatalogueAnswer, Funnel } from '../api-types.ts';
import { get } from '../api.ts';
import type { Compared } from '../ask.ts';
import { createFunnelEditor } from '../controls/funnel-editor.ts';
import { element } from '../dom.ts';
import { count, percent, words } from '../format.ts';
import { createCard } from '../parts/card.ts';
import type { Part } from '../parts/part.ts';
import { createSection, type Section } from '../parts/section.ts';
import { drawTable, numberCell, scrollBox, tableRow, type Column } from '../parts/table.ts';

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
  return { current: await get<Funnel>(`stats/funnel?${query}`, { patient: true }), previous: null };
}

const COLUMNS: Column[] = [
  { label: 'Step' },
  { label: 'Users', format: count },
  { label: 'Of the first', format: percent },
  { label: 'Of the step before', format: percent },
];

function createFunnelCard(): Part<Funnel> {
  let shownSteps: Funnel['steps'] = [];
  const card = createCard({
    title: 'Steps',
    note: 'The first step lies in the range, the others within the window after it',
    width: 'whole',
    rows: () => ({
      title: 'Funnel',
      columns: COLUMNS.slice(0, 3),
      rows: shownSteps.map(({ event, users, rate }) => [event, users, rate]),
    }),
  });
  const editor = createFunnelEditor();
  card.tools.prepend(editor.element);
  const table = element('table', { class: 'funnel' });
  card.body.append(scrollBox('Funnel', table));
  void get<CatalogueAnswer>('stats/catalogue', { maxAgeMs: Infinity }).then(
    ({ events }) => editor.offer(Object.keys(events)),
    () => {}, // the steps of the address stay on offer
  );
  return {
    element: card.element,
    update({ steps }) {
      shownSteps = steps;
      drawTable(
        table,
        'Funnel',
        COLUMNS,
        steps.map((step, index) => stepRow(step, index, steps[index - 1])),
      );
    },
  };
}

type Step = Funnel['steps'][number];

function stepRow({ event, users, rate }: Step, index: number, before: Step | undefined): HTMLTableRowElement {
  const bar = element('span', { class: 'bar', 'aria-hidden': 'true' });
  bar.style.inlineSize = `${(rate ?? 0) * 100}%`;
  const kept = before && before.users > 0 ? users / before.users : null;
  return tableRow(
    element(
      'span',
      {},
      element(
        'span',
        { class: 'step' },
        element('span', { class: 'step-number' }, String(index + 1)),
        words(event),
      ),
      element('span', { class: 'track' }, bar),
    ),
    numberCell(users, count),
    numberCell(rate, percent),
    index === 0 ? element('td') : numberCell(kept, percent),
  );
}
