/** usage.weekly_active_users */
import type { Stats } from '../api-types.ts';
import { count, shortDay } from '../format.ts';
import type { ChartDefinition } from '../parts/chart-card.ts';
import { dayRows } from './day-rows.ts';
import { pickWeek } from './pick-days.ts';
import { timeSeries } from './time-series.ts';

export const weeklyUsers: ChartDefinition<Stats> = {
  title: 'Active users per week',
  note: 'ISO weeks by their Monday; the first and last may be cut by the range',
  rows: (stats) =>
    dayRows({
      title: 'Active users per week',
      unit: 'Active users',
      format: count,
      head: 'Week of',
      days: stats.usage.weekly_active_users.map(({ week_start, users }) => [week_start, users]),
    }),
  config: (rows, colours) => timeSeries(rows, colours, { kind: 'bar', axis: shortDay }),
  pick: pickWeek,
};
