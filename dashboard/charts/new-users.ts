/** Users by their first day. */
import type { Figures } from '../api-types.ts';
import { count, shortDay } from '../format.ts';
import type { ChartDefinition } from '../parts/chart-card.ts';
import { dayRows } from './day-rows.ts';
import { pickDay } from './pick-days.ts';
import { timeSeries } from './time-series.ts';

export const newUsers: ChartDefinition<Figures> = {
  title: 'New users per day',
  rows: ({ days }, previous) =>
    dayRows({
      title: 'New users per day',
      unit: 'New users',
      format: count,
      days: days.map((day) => [day.date, day.new_users]),
      before: previous?.days.map((day) => day.new_users),
    }),
  config: (rows, colours) => timeSeries(rows, colours, { kind: 'bar', axis: shortDay }),
  pick: pickDay,
};
