/** Records as they arrive, without user and session. */
import type { Recent, RecentRecord } from '../api-types.ts';
import { askCurrent } from '../ask.ts';
import { element, fill } from '../dom.ts';
import { countryName, moment, timeOfDay, words } from '../format.ts';
import { createCard, toolButton } from '../parts/card.ts';
import type { Part } from '../parts/part.ts';
import { createSection, type Section } from '../parts/section.ts';
import { drawTable, scrollBox, tableRow, textCell, type Column } from '../parts/table.ts';

export function recentSection(): Section {
  return createSection({
    id: 'recent',
    title: 'The last 100 records',
    lead: 'Newest first, in the order of arrival. Users and sessions are left out.',
    ask: (view) => askCurrent<Recent>('stats/recent', view),
    parts: [createRecordTable()],
  });
}

const COLUMNS: Column[] = [
  { label: 'Arrived (UTC)' },
  { label: 'Record' },
  { label: 'Content' },
  { label: 'Version' },
  { label: 'Platform' },
  { label: 'Country' },
  { label: 'Environment' },
];

function createRecordTable(): Part<Recent> {
  let records: RecentRecord[] = [];
  let paused = false;
  let known = new Set<string>();
  const card = createCard({
    title: 'Records',
    width: 'whole',
    rows: () => ({
      title: 'Records',
      columns: COLUMNS,
      rows: records.map((record) => [
        record.stored_at,
        record.name,
        content(record),
        record.app_version,
        record.platform,
        record.country,
        record.environment,
      ]),
    }),
  });
  const pause = toolButton('Pause', 'Pause the list', () => {
    paused = !paused;
    pause.setAttribute('aria-pressed', String(paused));
    if (!paused) draw();
  });
  pause.setAttribute('aria-pressed', 'false');
  card.tools.prepend(pause);
  const table = element('table', { class: 'records' });
  const empty = element('p', { class: 'list-empty', hidden: true }, 'Nothing has arrived in this range');
  card.body.append(scrollBox('Records', table), empty);

  function draw(): void {
    empty.hidden = records.length > 0;
    table.hidden = records.length === 0;
    const first = known.size === 0;
    drawTable(
      table,
      'Records',
      COLUMNS,
      records.map((record) => recordRow(record, !first && !known.has(record.event_id))),
    );
    known = new Set(records.map(({ event_id }) => event_id));
  }

  return {
    element: card.element,
    update(data) {
      ({ records } = data);
      if (!paused) draw();
    },
  };
}

function recordRow(record: RecentRecord, isNew: boolean): HTMLTableRowElement {
  const name = element('td');
  fill(name, element('span', { class: `kind ${record.kind}` }, record.kind), ` ${words(record.name)}`);
  const arrived = element(
    'time',
    { datetime: record.stored_at, title: moment(record.stored_at) },
    timeOfDay(record.stored_at),
  );
  const row = tableRow(
    arrived,
    name,
    element('td', { class: 'record-content' }, content(record)),
    textCell(record.app_version),
    textCell(record.platform),
    textCell(record.country && countryName(record.country)),
    textCell(record.environment),
  );
  if (isNew) row.classList.add('new');
  return row;
}

function content({ properties, error_message }: RecentRecord): string {
  if (error_message !== null) return error_message;
  return Object.entries(properties ?? {})
    .map(([name, value]) => `${name} ${value}`)
    .join(' · ');
}
