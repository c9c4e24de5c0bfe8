/** Active users per day by version: how fast a release is taken up. */
import type { ChartConfiguration, ChartDataset } from 'chart.js';

import type { Release, Releases } from '../api-types.ts';
import { count, shortDay } from '../format.ts';
import type { ChartDefinition } from '../parts/chart-card.ts';
import type { Cell } from '../parts/table.ts';
import { faded } from './palette.ts';
import { pickDay } from './pick-days.ts';
import { timeSeriesOptions } from './time-series.ts';

/** As many as there are colours; older versions are added up. */
const SHOWN_VERSIONS = 5;

export const releaseAdoption: ChartDefinition<Releases> = {
  title: 'Active users by version',
  width: 'whole',
  legend: true,
  rows({ releases }) {
    const shown = releases.slice(0, SHOWN_VERSIONS);
    const older = releases.slice(SHOWN_VERSIONS);
    const dates = releases[0]?.days.map(({ date }) => date) ?? [];
    const lines = shown.map(({ app_version, days }) => ({
      label: app_version,
      users: days.map(({ users }) => users),
    }));
    if (older.length > 0)
      lines.push({ label: 'older', users: dates.map((_, index) => usersOn(index, older)) });
    return {
      title: 'Active users by version',
      columns: [{ label: 'Day (UTC)' }, ...lines.map(({ label }) => ({ label, format: count }))],
      rows: dates.map((date, index) =>
        Array.of<Cell>(date).concat(lines.map(({ users }) => users[index] ?? 0)),
      ),
    };
  },
  config(rows, colours): ChartConfiguration {
    const datasets = rows.columns
      .slice(1)
      .map(({ label }, index): ChartDataset<'line' | 'bar', (number | null)[]> => {
        const colour = colours.series[index] ?? colours.muted;
        return {
          type: 'line',
          label,
          data: rows.rows.map((row) => Number(row[index + 1])),
          borderColor: colour,
          backgroundColor: faded(colour, 0.25),
          borderWidth: 1.5,
          fill: index === 0 ? 'origin' : '-1',
          pointRadius: rows.rows.length === 1 ? 4 : 0,
          pointHoverRadius: 3,
          cubicInterpolationMode: 'monotone',
        };
      });
    const options = timeSeriesOptions(colours, rows.columns, shortDay);
    return {
      type: 'line',
      data: { labels: rows.rows.map((row) => String(row[0])), datasets },
      options: { ...options, scales: { ...options.scales, y: { ...options.scales?.y, stacked: true } } },
    };
  },
  pick: pickDay,
};

function usersOn(index: number, releases: Release[]): number {
  return releases.reduce((sum, { days }) => sum + (days[index]?.users ?? 0), 0);
}
