/** What the server answered, and what clients lost before they could send it. */
import type { Delivery } from '../api-types.ts';
import { get } from '../api.ts';
import { element, fill } from '../dom.ts';
import { count, moment, percent, words } from '../format.ts';
import { createFigures, definitionList, type FigureDefinition } from '../parts/figure.ts';
import type { Part } from '../parts/part.ts';
import { createRankedList } from '../parts/ranked-list.ts';
import { createSection, type Section } from '../parts/section.ts';

const ANSWERED = new Set(['accepted', 'duplicate']);

function total({ records }: Delivery, is: (result: string) => boolean): number {
  return records.filter(({ result }) => is(result)).reduce((sum, { count }) => sum + count, 0);
}

const rejected = (delivery: Delivery): number => total(delivery, (result) => !ANSWERED.has(result));

const figures: FigureDefinition<Delivery>[] = [
  {
    label: 'Accepted',
    meaning: 'Records stored for the first time.',
    value: (delivery) => total(delivery, (result) => result === 'accepted'),
    format: count,
    better: 'neither',
  },
  {
    label: 'Duplicates',
    meaning: 'Records that were stored already: clients send again when an answer got lost. Harmless.',
    value: (delivery) => total(delivery, (result) => result === 'duplicate'),
    format: count,
    better: 'neither',
  },
  {
    label: 'Rejected',
    meaning: 'Records that do not fit the catalogue, come too late, or from erased users.',
    value: rejected,
    format: count,
    better: 'less',
  },
  {
    label: 'Share rejected',
    meaning: 'Rejected records of all that arrived.',
    value: (delivery) => {
      const all = total(delivery, () => true);
      return all === 0 ? null : rejected(delivery) / all;
    },
    format: percent,
    better: 'less',
  },
  {
    label: 'Properties stripped',
    meaning: 'Properties left out because the catalogue does not know them.',
    value: ({ stripped }) => stripped,
    format: count,
    better: 'less',
  },
  {
    label: 'Waiting to be written',
    meaning: 'Records in requests that are being answered right now.',
    value: ({ waiting }) => waiting.event + waiting.crash,
    format: count,
    better: 'less',
  },
];

export function receivedSection(): Section {
  return createSection({
    id: 'received',
    title: 'At the server',
    lead: 'What became of the records that arrived, whatever the date range and the filters above.',
    ask: async () => ({ current: await get<Delivery>('system/delivery'), previous: null }),
    parts: [
      createSince(),
      createFigures(figures, 'uncompared'),
      createRankedList<Delivery>({
        title: 'Rejected by reason',
        of: 'Reason',
        unit: 'Records',
        format: count,
        tone: 'bad',
        empty: 'Nothing was rejected',
        rows: ({ records }) =>
          records
            .filter(({ result, count }) => !ANSWERED.has(result) && count > 0)
            .map(({ kind, result, count }) => ({
              key: `${kind} ${result}`,
              label: `${words(result)} (${kind === 'crash' ? 'crashes' : 'events'})`,
              value: count,
            }))
            .sort((a, b) => b.value - a.value),
      }),
      createRankedList<Delivery>({
        title: 'Lost before sending',
        note: 'Running totals that the installs told, of all time',
        of: 'Reason',
        unit: 'Records',
        format: count,
        extra: [{ label: 'Users', format: count }],
        tone: 'bad',
        empty: 'No install lost a record',
        rows: ({ dropped }) =>
          dropped.map(({ reason, records, users }) => ({
            key: reason,
            label: words(reason),
            value: records,
            extra: [users],
          })),
      }),
    ],
    foot: definitionList(figures),
  });
}

function createSince(): Part<Delivery> {
  const line = element('p', { class: 'note' });
  return {
    element: line,
    update: ({ since }) => fill(line, `Counted by this server since it was started, ${moment(since)}.`),
  };
}
