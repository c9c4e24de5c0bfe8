/** Every event that was sent, and those of the catalogue that were not. */
import type { CatalogueAnswer, EventCounts } from '../api-types.ts';
import { get } from '../api.ts';
import { askCurrent, remembering } from '../ask.ts';
import { element } from '../dom.ts';
import { count } from '../format.ts';
import { currentView } from '../navigation.ts';
import { createCard } from '../parts/card.ts';
import { pageLink } from '../parts/page-link.ts';
import type { Part } from '../parts/part.ts';
import { createSection, type Section } from '../parts/section.ts';
import { drawTable, numberCell, scrollBox, tableRow, textCell, type Column } from '../parts/table.ts';

interface ListedEvent {
  event: string;
  purpose: string | null;
  count: number;
  users: number;
}

interface EventList extends EventCounts {
  catalogue: CatalogueAnswer;
}

export function eventListSection(): Section {
  const join = remembering((counts: EventCounts, catalogue: CatalogueAnswer): EventList => ({
    ...counts,
    catalogue,
  }));
  return createSection({
    id: 'event-list',
    title: 'Events in range',
    lead: 'What the app sent, most frequent first. Choose one for its days and properties.',
    async ask(view) {
      const [{ current: counts }, catalogue] = await Promise.all([
        askCurrent<EventCounts>('stats/events', view, { patient: true }),
        get<CatalogueAnswer>('stats/catalogue', { maxAgeMs: Infinity }),
      ]);
      return { current: join(counts, catalogue), previous: null };
    },
    parts: [createEventTable()],
  });
}

const COLUMNS: Column[] = [
  { label: 'Event' },
  { label: 'Purpose' },
  { label: 'Count', format: count },
  { label: 'Users', format: count },
];

function createEventTable(): Part<EventList> {
  let events: ListedEvent[] = [];
  const card = createCard({
    title: 'Events',
    width: 'whole',
    rows: () => ({
      title: 'Events',
      columns: COLUMNS,
      rows: events.map(({ event, purpose, count, users }) => [event, purpose, count, users]),
    }),
  });
  const table = element('table', { class: 'with-links' });
  card.body.append(scrollBox('Events', table));
  return {
    element: card.element,
    update(data) {
      const { events: known } = data.catalogue;
      const sent = data.events.map((row) => ({ ...row, purpose: known[row.event]?.purpose ?? null }));
      const names = new Set(sent.map(({ event }) => event));
      const silent = Object.entries(known)
        .filter(([event]) => !names.has(event))
        .map(([event, { purpose }]) => ({ event, purpose, count: 0, users: 0 }));
      events = [...sent, ...silent];
      drawTable(table, 'Events', COLUMNS, events.map(eventRow));
    },
  };
}

function eventRow({ event, purpose, count: times, users }: ListedEvent): HTMLTableRowElement {
  return tableRow(
    pageLink(event, { ...currentView(), page: 'events', item: event }),
    textCell(purpose ?? 'Not in the catalogue'),
    numberCell(times, count),
    numberCell(users, count),
  );
}
