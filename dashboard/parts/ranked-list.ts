/** What there is most of first, each with a bar: a table, so that it reads without seeing the bars. */
import { element } from '../dom.ts';
import type { Figure, Format } from '../format.ts';
import { createCard, type CardWidth } from './card.ts';
import type { Part } from './part.ts';
import { drawTable, numberCell, tableRow, type TableData } from './table.ts';

export interface RankedRow {
  /** The value as stored; also what a click filters by. */
  key: string;
  label: string;
  value: Figure;
  /** Further columns, as named in `extra`. */
  extra?: Figure[];
}

export interface RankedListDefinition<Data> {
  title: string;
  note?: string;
  width?: CardWidth;
  /** Head of the first column. */
  of: string;
  /** Head of the column that the bars show. */
  unit: string;
  format: Format;
  /** The value of a full bar; without it the greatest one. */
  full?: number;
  extra?: { label: string; format: Format }[];
  rows(data: Data): RankedRow[];
  /** Makes the rows buttons, for those keys where it returns true. */
  pick?: { label: string; can?(key: string): boolean; act(key: string): void };
  tone?: 'plain' | 'bad';
  empty?: string;
}

/** Rows shown at once; the rest is a click away. */
const SHORT_LIST = 8;

export function createRankedList<Data>(definition: RankedListDefinition<Data>): Part<Data> {
  const { title, note, width, of, unit, format, extra = [], tone = 'plain' } = definition;
  let rows: RankedRow[] = [];
  let whole = false;
  const card = createCard({ title, note, width, rows: () => tableData() });
  const table = element('table', { class: `ranked ${tone}` });
  const empty = element(
    'p',
    { class: 'list-empty', hidden: true },
    definition.empty ?? 'No data in this range',
  );
  const more = element('button', { type: 'button', class: 'more', hidden: true, onclick: toggle });
  card.body.append(table, empty, more);

  function tableData(): TableData {
    return {
      title,
      columns: [{ label: of }, { label: unit, format }, ...extra],
      rows: rows.map((row) => [row.key, row.value, ...(row.extra ?? [])]),
    };
  }

  function toggle(): void {
    whole = !whole;
    draw();
  }

  function draw(): void {
    const most = definition.full ?? Math.max(...rows.map((row) => row.value ?? 0), 0);
    empty.hidden = rows.length > 0;
    table.hidden = rows.length === 0;
    more.hidden = rows.length <= SHORT_LIST;
    more.textContent = whole ? 'Show fewer' : `Show all ${rows.length}`;
    more.setAttribute('aria-expanded', String(whole));
    const visible = whole ? rows : rows.slice(0, SHORT_LIST);
    drawTable(
      table,
      title,
      tableData().columns,
      visible.map((row) => rankedRow(row, most)),
    );
  }

  function rankedRow(row: RankedRow, most: number): HTMLTableRowElement {
    const { pick } = definition;
    const pickable = pick && (pick.can?.(row.key) ?? true);
    const bar = element('span', { class: 'bar', 'aria-hidden': 'true' });
    bar.style.inlineSize = `${most === 0 ? 0 : ((row.value ?? 0) / most) * 100}%`;
    const name = pickable
      ? element(
          'button',
          { type: 'button', class: 'pick', title: pick.label, onclick: () => pick.act(row.key) },
          row.label,
        )
      : element('span', {}, row.label);
    const cells = extra.map((column, index) => numberCell(row.extra?.[index] ?? null, column.format));
    const made = tableRow(name, numberCell(row.value, format), ...cells);
    made.firstElementChild?.prepend(bar);
    if (pickable) made.classList.add('pickable');
    return made;
  }

  return {
    element: card.element,
    update(data) {
      rows = definition.rows(data);
      draw();
    },
  };
}
