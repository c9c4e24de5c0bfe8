/** The cost of each day: business.total_cost_usd, taken apart. */
import type { Figures } from '../api-types.ts';
import { shortDay, usd } from '../format.ts';
import type { ChartDefinition } from '../parts/chart-card.ts';
import { dayRows } from './day-rows.ts';
import { pickDay } from './pick-days.ts';
import { timeSeries } from './time-series.ts';

export const costPerDay: ChartDefinition<Figures> = {
  title: 'Estimated cost per day',
  width: 'whole',
  rows: ({ days }, previous) =>
    dayRows({
      title: 'Estimated cost per day',
      unit: 'US dollars',
      format: usd,
      days: days.map((day) => [day.date, day.cost_usd]),
      before: previous?.days.map((day) => day.cost_usd),
    }),
  config: (rows, colours) => timeSeries(rows, colours, { kind: 'bar', axis: shortDay }),
  pick: pickDay,
};
