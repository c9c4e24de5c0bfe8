/** What is stored, how large it is, and how large it will be. */
import type { Storage } from '../api-types.ts';
import { get } from '../api.ts';
import { bytes, count, duration } from '../format.ts';
import { createCard } from '../parts/card.ts';
import { createFigures, definitionList, type FigureDefinition } from '../parts/figure.ts';
import type { Part } from '../parts/part.ts';
import { createSection, type Section } from '../parts/section.ts';
import { element } from '../dom.ts';
import { fillTable, scrollBox, type TableData } from '../parts/table.ts';

const DAY_SECONDS = 86_400;
const FORECAST_DAYS = 90;

/** Bytes a record takes, with its share of indexes and rollups; null while there are none. */
function bytesPerRecord({ tables, database_bytes }: Storage): number | null {
  const records = tables
    .filter(({ table }) => table === 'events' || table === 'crashes')
    .reduce((sum, { rows }) => sum + rows, 0);
  return records === 0 ? null : database_bytes / records;
}

function daysKept({ oldest_record }: Storage): number {
  return oldest_record === null ? 0 : (Date.now() - Date.parse(oldest_record)) / (DAY_SECONDS * 1000);
}

/** Grows as in the last week until retention takes away as much as arrives. */
export function forecastBytes(storage: Storage, days: number): number | null {
  const each = bytesPerRecord(storage);
  if (each === null) return null;
  const growingDays = Math.max(0, Math.min(days, storage.retention_days - daysKept(storage)));
  return storage.database_bytes + each * storage.records_per_day * growingDays;
}

/** Null where it will not happen before retention sets in, or no limit is known. */
function secondsUntilFull(storage: Storage): number | null {
  const each = bytesPerRecord(storage);
  const { limit_bytes, database_bytes, records_per_day } = storage;
  if (limit_bytes === null || each === null || records_per_day === 0) return null;
  const days = Math.max(0, limit_bytes - database_bytes) / (each * records_per_day);
  return days > storage.retention_days - daysKept(storage) ? null : days * DAY_SECONDS;
}

const figures: FigureDefinition<Storage>[] = [
  {
    label: 'Database size',
    meaning: 'All tables and indexes of the database.',
    value: ({ database_bytes }) => database_bytes,
    format: bytes,
    better: 'neither',
  },
  {
    label: 'Size limit',
    meaning: 'DATABASE_SIZE_LIMIT_MB, where it is set.',
    value: ({ limit_bytes }) => limit_bytes,
    none: 'not set',
    format: bytes,
    better: 'neither',
  },
  {
    label: 'Records a day',
    meaning: 'Records that arrived a day, mean of the last seven days.',
    value: ({ records_per_day }) => records_per_day,
    format: count,
    better: 'neither',
  },
  {
    label: 'A record takes',
    meaning: 'Database size over the number of stored records, indexes and rollups included.',
    value: bytesPerRecord,
    format: bytes,
    better: 'neither',
  },
  {
    label: `In ${FORECAST_DAYS} days`,
    meaning: 'Size at the pace of the last seven days, until retention removes as much as arrives.',
    value: (storage) => forecastBytes(storage, FORECAST_DAYS),
    format: bytes,
    better: 'neither',
  },
  {
    label: 'Full in',
    meaning:
      'Time until the limit at this pace; not foreseen where no limit is set or retention comes first.',
    value: secondsUntilFull,
    none: 'not foreseen',
    format: duration,
    better: 'neither',
  },
  {
    label: 'Database ends in',
    meaning: 'Time until DATABASE_EXPIRES_ON, the day on which the host takes a free database away.',
    value: ({ expires_on }) =>
      expires_on === null ? null : Math.max(0, (Date.parse(expires_on) - Date.now()) / 1000),
    none: 'not set',
    format: duration,
    better: 'neither',
  },
];

export function storageSection(): Section {
  return createSection({
    id: 'storage',
    title: 'Storage',
    lead: 'What is kept, and how it grows.',
    ask: async () => ({
      current: await get<Storage>('system/storage', { maxAgeMs: 10_000 }),
      previous: null,
    }),
    parts: [createFigures(figures, 'uncompared'), createTables()],
    foot: definitionList(figures),
  });
}

function createTables(): Part<Storage> {
  let data: TableData | null = null;
  const card = createCard({ title: 'Tables', width: 'whole', rows: () => data });
  const table = element('table');
  card.body.append(scrollBox('Tables', table));
  return {
    element: card.element,
    update({ tables }) {
      data = {
        title: 'Tables',
        columns: [
          { label: 'Table' },
          { label: 'Rows, about', format: count },
          { label: 'Size', format: bytes },
        ],
        rows: tables.map((row) => [row.table, row.rows, row.bytes]),
      };
      fillTable(table, data);
    },
  };
}
