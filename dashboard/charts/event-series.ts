/** One event over time. */
import type { EventSeries } from '../api-types.ts';
import { count, shortDay } from '../format.ts';
import type { ChartDefinition } from '../parts/chart-card.ts';
import { dayRows } from './day-rows.ts';
import { pickDay } from './pick-days.ts';
import { timeSeries } from './time-series.ts';

export const eventSeries: ChartDefinition<EventSeries> = {
  title: 'Events per day',
  width: 'whole',
  rows: ({ event, series }, previous) =>
    dayRows({
      title: `${event} per day`,
      unit: 'Events',
      format: count,
      days: series.map((day) => [day.date, day.count]),
      before: previous?.series.map((day) => day.count),
    }),
  config: (rows, colours) => timeSeries(rows, colours, { kind: 'bar', axis: shortDay }),
  pick: pickDay,
};
