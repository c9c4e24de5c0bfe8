/** usage.total_recordings, day by day. */
import type { Figures } from '../api-types.ts';
import { count, shortDay } from '../format.ts';
import type { ChartDefinition } from '../parts/chart-card.ts';
import { dayRows } from './day-rows.ts';
import { pickDay } from './pick-days.ts';
import { timeSeries } from './time-series.ts';

export const recordingsPerDay: ChartDefinition<Figures> = {
  title: 'Recordings per day',
  rows: ({ days }, previous) =>
    dayRows({
      title: 'Recordings per day',
      unit: 'Recordings',
      format: count,
      days: days.map((day) => [day.date, day.recordings]),
      before: previous?.days.map((day) => day.recordings),
    }),
  config: (rows, colours) => timeSeries(rows, colours, { kind: 'bar', axis: shortDay }),
  pick: pickDay,
};
