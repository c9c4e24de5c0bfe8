/** Who comes back: users by the week of their first day, and how many were active in each week since. */
import type { Cohorts } from '../api-types.ts';
import { askCurrent } from '../ask.ts';
import { element } from '../dom.ts';
import { count, longDay, percent } from '../format.ts';
import { createCard } from '../parts/card.ts';
import type { Part } from '../parts/part.ts';
import { createSection, type Section } from '../parts/section.ts';
import { drawTable, numberCell, scrollBox, tableRow, type Column } from '../parts/table.ts';

export function cohortsSection(): Section {
  return createSection({
    id: 'cohorts',
    title: 'Cohorts',
    lead: 'Users by the week of their first day, and the share of them active in each week since.',
    ask: (view) => askCurrent<Cohorts>('stats/cohorts', view, { patient: true }),
    parts: [createHeatMap()],
  });
}

type Cohort = Cohorts['cohorts'][number];

function createHeatMap(): Part<Cohorts> {
  let cohorts: Cohort[] = [];
  const card = createCard({
    title: 'Active users by cohort',
    width: 'whole',
    rows: () => ({
      title: 'Cohorts',
      columns: columnsOf(cohorts),
      rows: cohorts.map(({ week_start, users, active }) => [week_start, users, ...active]),
    }),
  });
  const table = element('table', { class: 'heat' });
  const empty = element('p', { class: 'list-empty', hidden: true }, 'No new users in this range');
  card.body.append(scrollBox('Cohorts', table), empty);
  return {
    element: card.element,
    update(data) {
      cohorts = data.cohorts.filter(({ users }) => users > 0);
      empty.hidden = cohorts.length > 0;
      table.hidden = cohorts.length === 0;
      drawTable(table, 'Active users by cohort', columnsOf(cohorts), cohorts.map(cohortRow));
    },
  };
}

function columnsOf(cohorts: Cohort[]): Column[] {
  const weeks = Math.max(0, ...cohorts.map(({ active }) => active.length));
  return [
    { label: 'First week' },
    { label: 'Users', format: count },
    ...Array.from({ length: weeks }, (_, week) => ({ label: `Week ${week}`, format: count })),
  ];
}

function cohortRow({ week_start, users, active }: Cohort): HTMLTableRowElement {
  const cells = active.map((returned) => {
    const share = returned / users;
    const cell = element(
      'td',
      { class: 'number heat-cell', title: `${returned} of ${users} users` },
      percent(share),
    );
    cell.style.setProperty('--heat', `${share * 100}%`);
    return cell;
  });
  return tableRow(longDay(week_start), numberCell(users, count), ...cells);
}
