/** A value per day beside the value of the same day of the previous period. */
import type { Format } from '../format.ts';
import type { TableData } from '../parts/table.ts';

export function dayRows(options: {
  title: string;
  unit: string;
  format: Format;
  days: [day: string, value: number | null][];
  before?: (number | null)[] | undefined;
  head?: string;
}): TableData {
  const { title, unit, format, days, before, head = 'Day (UTC)' } = options;
  const columns = [{ label: head }, { label: unit, format }];
  if (!before) return { title, columns, rows: days };
  return {
    title,
    columns: [...columns, { label: 'Previous period', format }],
    rows: days.map(([day, value], index) => [day, value, before[index] ?? null]),
  };
}
