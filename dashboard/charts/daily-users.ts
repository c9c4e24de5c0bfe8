/** usage.daily_active_users */
import type { Stats } from '../api-types.ts';
import { count, shortDay } from '../format.ts';
import type { ChartDefinition } from '../parts/chart-card.ts';
import { dayRows } from './day-rows.ts';
import { pickDay } from './pick-days.ts';
import { timeSeries } from './time-series.ts';

export const dailyUsers: ChartDefinition<Stats> = {
  title: 'Active users per day',
  width: 'whole',
  rows: (stats, previous) =>
    dayRows({
      title: 'Active users per day',
      unit: 'Active users',
      format: count,
      days: stats.usage.daily_active_users.map(({ date, users }) => [date, users]),
      before: previous?.usage.daily_active_users.map(({ users }) => users),
    }),
  config: (rows, colours) => timeSeries(rows, colours, { kind: 'line', axis: shortDay }),
  pick: pickDay,
};
