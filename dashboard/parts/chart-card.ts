/** A Chart.js chart with the table behind it: always there for screen readers, a click away for everyone. */
import { Chart, type ChartConfiguration, type ChartDataset } from 'chart.js';

import { palette, type Palette } from '../charts/palette.ts';
import { element, fill } from '../dom.ts';
import { onThemeChange } from '../theme.ts';
import { createCard, toolButton, type CardWidth } from './card.ts';
import type { Part } from './part.ts';
import { fillTable, type RowPick, type TableData } from './table.ts';

export interface ChartDefinition<Data> {
  title: string;
  note?: string;
  width?: CardWidth;
  /** Names the series above the chart: where there is more than one to tell apart. */
  legend?: boolean;
  /** The rows behind the chart; the second argument is the previous period, `null` when not compared. */
  rows(data: Data, previous: Data | null): TableData;
  config(rows: TableData, colours: Palette): ChartConfiguration;
  /** What a click on a point or bar does, and on its row in the table. Gets the first column of the row. */
  pick?: RowPick;
}

export function createChartCard<Data>(definition: ChartDefinition<Data>): Part<Data> {
  const { title, note, width } = definition;
  let rows: TableData | null = null;
  let chart: Chart | null = null;
  const card = createCard({ title, note, width, rows: () => rows });
  const canvas = element('canvas', { role: 'img', 'aria-label': `${title}. Loading.` });
  const plot = element('div', { class: 'plot' }, canvas);
  const empty = element('p', { class: 'plot-empty', hidden: true }, 'No data in this range');
  const legend = element('ul', { class: 'legend', 'aria-hidden': 'true' });
  const table = element('table');
  const tableBox = element('div', { class: 'table-box visually-hidden' }, table);
  card.body.append(legend, plot, empty, tableBox);

  const toggle = toolButton('Table', `Show “${title}” as a table`, () => {
    const open = tableBox.classList.toggle('visually-hidden') === false;
    plot.classList.toggle('visually-hidden', open);
    toggle.setAttribute('aria-pressed', String(open));
    if (open) tableBox.setAttribute('tabindex', '0');
    else tableBox.removeAttribute('tabindex');
  });
  toggle.setAttribute('aria-pressed', 'false');
  card.tools.prepend(toggle);

  function draw(): void {
    chart?.destroy();
    chart = null;
    if (!rows) return;
    const config = definition.config(rows, palette());
    config.options ??= {};
    if (definition.pick) {
      config.options.onClick = (_event, hits) => {
        const label = rows?.rows[hits[0]?.index ?? -1]?.[0];
        if (typeof label === 'string') definition.pick?.act(label);
      };
      config.options.onHover = (event, hits) => {
        const target = event.native?.target;
        if (target instanceof HTMLElement) target.style.cursor = hits.length > 0 ? 'pointer' : 'default';
      };
    }
    chart = new Chart(canvas, config);
    if (definition.legend) fill(legend, ...config.data.datasets.map(legendEntry));
  }
  onThemeChange(draw);

  return {
    element: card.element,
    update(data, previous) {
      rows = definition.rows(data, previous);
      const nothing = rows.rows.every(([, value]) => value === null || value === 0);
      empty.hidden = !nothing;
      fillTable(table, rows, definition.pick);
      canvas.setAttribute(
        'aria-label',
        `${title}. ${summary(rows)} The table that follows holds the values.`,
      );
      if (chart) {
        const config = definition.config(rows, palette());
        chart.data = config.data;
        chart.update('none');
        if (definition.legend) fill(legend, ...config.data.datasets.map(legendEntry));
      } else draw();
    },
  };
}

function legendEntry({ label, borderColor }: ChartDataset): HTMLElement {
  const swatch = element('span', { class: 'swatch' });
  swatch.style.background = String(borderColor);
  return element('li', {}, swatch, label);
}

function summary({ rows, columns }: TableData): string {
  const values = rows.map((row) => row[1]).filter((value) => typeof value === 'number');
  const format = columns[1]?.format ?? String;
  if (values.length === 0) return 'No data.';
  return `From ${rows[0]?.[0]} to ${rows.at(-1)?.[0]}, lowest ${format(Math.min(...values))}, highest ${format(Math.max(...values))}.`;
}
