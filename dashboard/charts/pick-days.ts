/** A click on a day or a week narrows the date range to it. */
import { addDays } from '../days.ts';
import { go } from '../navigation.ts';
import type { RowPick } from '../parts/table.ts';

export const pickDay: RowPick = {
  label: 'Show this day only',
  act: (day) => go({ range: { from: day, to: day } }),
};

export const pickWeek: RowPick = {
  label: 'Show this week only',
  act: (monday) => go({ range: { from: monday, to: addDays(monday, 6) } }),
};
