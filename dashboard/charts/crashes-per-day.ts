/** stability.crashes_per_day */
import type { Stats } from '../api-types.ts';
import { count, shortDay } from '../format.ts';
import type { ChartDefinition } from '../parts/chart-card.ts';
import { dayRows } from './day-rows.ts';
import { pickDay } from './pick-days.ts';
import { timeSeries } from './time-series.ts';

export const crashesPerDay: ChartDefinition<Stats> = {
  title: 'Crashes per day',
  width: 'whole',
  rows: (stats, previous) =>
    dayRows({
      title: 'Crashes per day',
      unit: 'Crashes',
      format: count,
      days: stats.stability.crashes_per_day.map(({ date, crashes }) => [date, crashes]),
      before: previous?.stability.crashes_per_day.map(({ crashes }) => crashes),
    }),
  config: (rows, colours) => timeSeries(rows, colours, { kind: 'bar', axis: shortDay, tone: 'bad' }),
  pick: pickDay,
};
