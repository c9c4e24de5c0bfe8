/** Rows as a table, and the same rows as CSV. */
import { element, fill, type Child } from '../dom.ts';
import { exact, shown, type Figure, type Format } from '../format.ts';

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

/** Makes the names of rows buttons. */
export interface RowPick {
  label: string;
  act(name: string): void;
}

/** Fills a table with data as it is. Tables with links or bars put their rows together with the helpers below. */
export function fillTable(
  table: HTMLTableElement,
  { title, columns, rows }: TableData,
  pick?: RowPick,
): void {
  drawTable(
    table,
    title,
    columns,
    rows.map((row) =>
      tableRow(
        rowName(String(row[0] ?? ''), pick),
        ...columns.slice(1).map(({ format }, index) => {
          const cell = row[index + 1] ?? null;
          return format ? numberCell(typeof cell === 'number' ? cell : null, format) : textCell(cell);
        }),
      ),
    ),
  );
}

function rowName(name: string, pick: RowPick | undefined): Child {
  if (!pick) return name;
  return element(
    'button',
    { type: 'button', class: 'pick', title: pick.label, onclick: () => pick.act(name) },
    name,
  );
}

export function drawTable(
  table: HTMLTableElement,
  title: string,
  columns: Column[],
  rows: HTMLTableRowElement[],
): void {
  const head = columns.map(({ label, format }) =>
    element('th', { scope: 'col', class: format ? 'number' : null }, label),
  );
  fill(
    table,
    element('caption', { class: 'visually-hidden' }, title),
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...rows),
  );
}

/** The first cell names the row. */
export function tableRow(name: Child, ...cells: HTMLTableCellElement[]): HTMLTableRowElement {
  return element('tr', {}, element('th', { scope: 'row' }, name), ...cells);
}

export function numberCell(value: Figure, format: Format, ...more: Child[]): HTMLTableCellElement {
  return element('td', { class: 'number', title: exact(value) }, shown(value, format), ...more);
}

export function textCell(text: Cell, ...more: Child[]): HTMLTableCellElement {
  return element('td', {}, text === null ? '–' : String(text), ...more);
}

/** A table wider than its place scrolls alone, also by keyboard. */
export function scrollBox(label: string, table: HTMLTableElement): HTMLElement {
  return element('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': label }, table);
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
