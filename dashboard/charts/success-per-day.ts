/** quality.success_rate, day by day. */
import type { Figures } from '../api-types.ts';
import { percent, shortDay } from '../format.ts';
import type { ChartDefinition } from '../parts/chart-card.ts';
import { dayRows } from './day-rows.ts';
import { pickDay } from './pick-days.ts';
import { timeSeries } from './time-series.ts';
import { successRate } from './day-rates.ts';

export const successPerDay: ChartDefinition<Figures> = {
  title: 'Success rate per day',
  rows: ({ days }, previous) =>
    dayRows({
      title: 'Success rate per day',
      unit: 'Success rate',
      format: percent,
      days: days.map((day) => [day.date, successRate(day)]),
      before: previous?.days.map((day) => successRate(day)),
    }),
  config: (rows, colours) => timeSeries(rows, colours, { kind: 'line', axis: shortDay }),
  pick: pickDay,
};
