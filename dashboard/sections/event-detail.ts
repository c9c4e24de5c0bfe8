/** One event: how often, by how many, and what its properties say. */
import { figureQuery, periodOf, previousPeriod, type View } from '../address.ts';
import type { CatalogueAnswer, EventSeries, PropertySummary } from '../api-types.ts';
import { get } from '../api.ts';
import { PREVIOUS_MAX_AGE_MS, remembering, type Compared } from '../ask.ts';
import { eventSeries } from '../charts/event-series.ts';
import { element, fill } from '../dom.ts';
import { amount, count, words } from '../format.ts';
import { createCard } from '../parts/card.ts';
import { createChartCard } from '../parts/chart-card.ts';
import { createFigures } from '../parts/figure.ts';
import type { Part } from '../parts/part.ts';
import { createSection, type Section } from '../parts/section.ts';
import { fillTable, scrollBox, type TableData } from '../parts/table.ts';

interface EventDetail extends EventSeries {
  summaries: PropertySummary[];
}

export function eventDetailSection(name: string): Section {
  const join = remembering(joinDetail);
  return createSection({
    id: 'event',
    title: words(name),
    lead: `Recorded as ${name}.`,
    async ask(view) {
      const { current, previous, properties } = await askEvent(name, view);
      return { current: join(current, ...properties), previous: previous && joinPrevious(previous) };
    },
    parts: [
      createFigures<EventDetail>([
        { label: 'Events', meaning: '', value: (event) => event.count, format: count, better: 'more' },
        { label: 'Users', meaning: '', value: (event) => event.users, format: count, better: 'more' },
        {
          label: 'Events per user',
          meaning: '',
          value: (event) => (event.users === 0 ? null : event.count / event.users),
          format: amount,
          better: 'neither',
        },
      ]),
      createChartCard(eventSeries),
      createProperties(),
    ],
  });
}

/** The figures of the previous period know no properties. */
const joinPrevious = remembering(joinDetail);

function joinDetail(series: EventSeries, ...properties: EventSeries[]): EventDetail {
  return { ...series, summaries: properties.flatMap(({ property }) => property ?? []) };
}

interface EventAnswers extends Compared<EventSeries> {
  /** One answer for each property of the catalogue. */
  properties: EventSeries[];
}

async function askEvent(name: string, view: View): Promise<EventAnswers> {
  const { events } = await get<CatalogueAnswer>('stats/catalogue', { maxAgeMs: Infinity });
  const names = Object.keys(events[name]?.properties ?? {});
  const path = `stats/events/${encodeURIComponent(name)}`;
  const range = figureQuery(periodOf(view), view.filters);
  const before = figureQuery(previousPeriod(periodOf(view)), view.filters);
  const [current, previous, ...properties] = await Promise.all([
    get<EventSeries>(`${path}?${range}`),
    view.compare ? get<EventSeries>(`${path}?${before}`, { maxAgeMs: PREVIOUS_MAX_AGE_MS }) : null,
    ...names.map((property) => get<EventSeries>(`${path}?${range}&property=${encodeURIComponent(property)}`)),
  ]);
  return { current, previous, properties: properties.filter((answer) => answer !== null) };
}

/** A card per kind of property: numbers in one table, counts by value in one each. */
function createProperties(): Part<EventDetail> {
  const holder = element('div', { class: 'cards' });
  return {
    element: holder,
    update({ summaries }) {
      fill(holder, ...propertyTables(summaries).map(tableCard));
    },
  };
}

function propertyTables(summaries: PropertySummary[]): TableData[] {
  const numbers = summaries.flatMap((summary) => ('values' in summary ? [] : summary));
  const texts = summaries.flatMap((summary) => ('values' in summary ? summary : []));
  const numberTable: TableData = {
    title: 'Numbers',
    columns: [
      { label: 'Property' },
      ...['Events', 'Sum', 'Mean', 'Median', '95th percentile'].map((label) => ({ label, format: amount })),
    ],
    rows: numbers.map(({ name, count, sum, mean, p50, p95 }) => [name, count, sum, mean, p50, p95]),
  };
  return [
    ...(numbers.length > 0 ? [numberTable] : []),
    ...texts.map(({ name, values }) => ({
      title: words(name),
      columns: [{ label: name }, { label: 'Events', format: count }],
      rows: values.map(({ value, count }) => [value, count]),
    })),
  ];
}

function tableCard(data: TableData): HTMLElement {
  const card = createCard({
    title: data.title,
    width: data.title === 'Numbers' ? 'whole' : 'half',
    rows: () => data,
  });
  const table = element('table');
  fillTable(table, data);
  card.body.append(
    data.rows.length > 0
      ? scrollBox(data.title, table)
      : element('p', { class: 'list-empty' }, 'No data in this range'),
  );
  return card.element;
}
