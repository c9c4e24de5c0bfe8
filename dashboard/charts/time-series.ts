/** A value per day or week, as a line or as bars, with the previous period behind it. */
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
  type ChartConfiguration,
  type ChartDataset,
  type ChartOptions,
} from 'chart.js';

import { today } from '../days.ts';
import { count, shown, type Format } from '../format.ts';
import type { Column, TableData } from '../parts/table.ts';
import { faded, type Palette } from './palette.ts';

// Only what is drawn: the rest of Chart.js stays out of the bundle.
Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
);

export interface TimeSeriesStyle {
  kind: 'line' | 'bar';
  /** Writes a label of the first column on the axis. */
  axis: (label: string) => string;
  tone?: 'plain' | 'bad';
}

/** First column: the day. Second: the value. A third, where there is one: the previous period. */
export function timeSeries(
  { columns, rows }: TableData,
  colours: Palette,
  { kind, axis, tone = 'plain' }: TimeSeriesStyle,
): ChartConfiguration {
  const colour = tone === 'bad' ? colours.bad : (colours.series[0] ?? colours.ink);
  const values = (index: number): (number | null)[] => rows.map((row) => row[index] as number | null);
  const [, unit, before] = columns;
  const datasets: ChartDataset<'line' | 'bar', (number | null)[]>[] = [];
  const single = rows.length === 1;
  datasets.push(
    kind === 'line'
      ? {
          type: 'line',
          label: unit?.label ?? '',
          data: values(1),
          borderColor: colour,
          backgroundColor: faded(colour, 0.1),
          borderWidth: 2,
          fill: true,
          tension: 0.25,
          pointRadius: single ? 4 : 0,
          pointHoverRadius: 4,
          pointBackgroundColor: colour,
          cubicInterpolationMode: 'monotone',
          // Today is not over yet.
          segment: {
            borderDash: ({ p1DataIndex }) => (rows[p1DataIndex]?.[0] === today() ? [3, 3] : undefined),
          },
        }
      : {
          type: 'bar',
          label: unit?.label ?? '',
          data: values(1),
          backgroundColor: colour,
          borderRadius: 3,
          maxBarThickness: 28,
          order: 2,
        },
  );
  if (before) {
    datasets.push({
      type: 'line',
      label: before.label,
      data: values(2),
      borderColor: colours.previous,
      borderWidth: 1.5,
      borderDash: [4, 4],
      pointRadius: 0,
      pointHoverRadius: 3,
      tension: 0.25,
      cubicInterpolationMode: 'monotone',
      order: 1,
    });
  }
  return {
    type: kind,
    data: { labels: rows.map((row) => String(row[0])), datasets },
    options: timeSeriesOptions(colours, columns, axis),
  };
}

export function timeSeriesOptions(
  colours: Palette,
  columns: Column[],
  axis: (label: string) => string,
): ChartOptions {
  const format: Format = columns[1]?.format ?? String;
  const font = { family: getComputedStyle(document.body).fontFamily, size: 11 };
  return {
    animation: false,
    maintainAspectRatio: false,
    interaction: { mode: 'index', intersect: false },
    scales: {
      x: {
        grid: { display: false },
        border: { color: colours.line },
        ticks: {
          color: colours.muted,
          font,
          maxRotation: 0,
          autoSkipPadding: 24,
          callback(value) {
            return axis(this.getLabelForValue(Number(value)));
          },
        },
      },
      y: {
        beginAtZero: true,
        grid: { color: colours.line },
        border: { display: false },
        ticks: {
          color: colours.muted,
          font,
          maxTicksLimit: 5,
          padding: 8,
          // Counts have no halves.
          ...(format === count && { precision: 0 }),
          callback: (value) => (Number.isInteger(value) || Number(value) < 1 ? format(Number(value)) : null),
        },
      },
    },
    plugins: {
      tooltip: {
        backgroundColor: colours.ink,
        titleColor: colours.surface,
        bodyColor: colours.surface,
        titleFont: { ...font, size: 12 },
        bodyFont: { ...font, size: 12 },
        padding: 10,
        cornerRadius: 6,
        boxPadding: 4,
        callbacks: {
          title: (items) => axis(items[0]?.label ?? ''),
          label: (item) =>
            ` ${item.dataset.label}: ${shown(item.parsed.y, columns[item.datasetIndex + 1]?.format ?? format)}`,
        },
      },
    },
  };
}
