/** One crash group over time. */
import type { GroupCrashes } from '../api-types.ts';
import { count, shortDay } from '../format.ts';
import type { ChartDefinition } from '../parts/chart-card.ts';
import { dayRows } from './day-rows.ts';
import { pickDay } from './pick-days.ts';
import { timeSeries } from './time-series.ts';

export const groupCrashes: ChartDefinition<GroupCrashes> = {
  title: 'Crashes per day',
  width: 'whole',
  rows: ({ days }) =>
    dayRows({
      title: 'Crashes per day',
      unit: 'Crashes',
      format: count,
      days: days.map(({ date, crashes }) => [date, crashes]),
    }),
  config: (rows, colours) => timeSeries(rows, colours, { kind: 'bar', axis: shortDay, tone: 'bad' }),
  pick: pickDay,
};
