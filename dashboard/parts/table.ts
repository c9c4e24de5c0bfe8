/** Rows as a table, and the same rows as CSV. */
import { element, fill } from '../dom.ts';
import { exact, shown, type Format } from '../format.ts';

export type Cell = string | number | null;

export interface Column {
  label: string;
  /** Present on numeric columns. */
  format?: Format;
}

export interface TableData {
  title: string;
  columns: Column[];
  rows: Cell[][];
}

export function fillTable(table: HTMLTableElement, { title, columns, rows }: TableData): void {
  fill(
    table,
    element('caption', { class: 'visually-hidden' }, title),
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        ...columns.map(({ label, format }) =>
          element('th', { scope: 'col', class: format ? 'number' : null }, label),
        ),
      ),
    ),
    element('tbody', {}, ...rows.map((row) => tableRow(row, columns))),
  );
}

function tableRow(row: Cell[], columns: Column[]): HTMLTableRowElement {
  return element(
    'tr',
    {},
    ...columns.map(({ format }, index) => {
      const cell = row[index] ?? null;
      if (index === 0) return element('th', { scope: 'row' }, String(cell ?? ''));
      if (!format) return element('td', {}, cell === null ? '–' : String(cell));
      const value = typeof cell === 'number' ? cell : null;
      return element('td', { class: 'number', title: exact(value) }, shown(value, format));
    }),
  );
}

/** RFC 4180; a text that a spreadsheet would run as a formula gets an apostrophe in front. */
export function toCsv({ columns, rows }: TableData): string {
  const line = (cells: Cell[]): string => `${cells.map(csvCell).join(',')}\r\n`;
  return line(columns.map(({ label }) => label)) + rows.map(line).join('');
}

function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function saveCsv(data: TableData): void {
  const name = data.title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const url = URL.createObjectURL(new Blob([toCsv(data)], { type: 'text/csv' }));
  element('a', { href: url, download: `roost-${name}.csv` }).click();
  // The download reads the address after this turn of the event loop.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
