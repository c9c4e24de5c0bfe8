import type { Figures } from '../api-types.ts';
import { askFigures } from '../ask.ts';
import { newUsers } from '../charts/new-users.ts';
import { count, countryName, percent } from '../format.ts';
import { toggleFilter } from '../navigation.ts';
import { createChartCard } from '../parts/chart-card.ts';
import { createFigures, definitionList, type FigureDefinition } from '../parts/figure.ts';
import { createRankedList } from '../parts/ranked-list.ts';
import { createSection, type Section } from '../parts/section.ts';

const figures: FigureDefinition<Figures>[] = [
  {
    label: 'Users',
    meaning: 'Installs that ever sent a usage event, up to the last day of the range.',
    value: ({ growth }) => growth.total_users,
    format: count,
    better: 'more',
  },
  {
    label: 'Growth, week over week',
    meaning: 'Users now against users seven days before the last day.',
    value: ({ growth }) => growth.growth_rate_wow,
    format: percent,
    better: 'more',
  },
  {
    label: 'New users, 7 days',
    meaning: 'Users whose first event lies in the last 7 days of the range.',
    value: ({ growth }) => growth.new_users_7d,
    format: count,
    better: 'more',
  },
  {
    label: 'New users, 30 days',
    meaning: 'Users whose first event lies in the 30 days up to the last day.',
    value: ({ growth }) => growth.new_users_30d,
    format: count,
    better: 'more',
  },
  {
    label: 'Active users, 1 day',
    meaning: 'Users with an event on the last day of the range.',
    value: ({ growth }) => growth.active_users_1d,
    format: count,
    better: 'more',
  },
  {
    label: 'Active users, 7 days',
    meaning: 'Users with an event in the 7 days up to the last day.',
    value: ({ growth }) => growth.active_users_7d,
    format: count,
    better: 'more',
  },
  {
    label: 'Active users, 30 days',
    meaning: 'Users with an event in the 30 days up to the last day.',
    value: ({ growth }) => growth.active_users_30d,
    format: count,
    better: 'more',
  },
  {
    label: 'Retention, week 2',
    meaning:
      'Of users who started at least 13 days ago: the share active 7 to 13 days after their first day.',
    value: ({ growth }) => growth.retention_7d,
    format: percent,
    better: 'more',
  },
  {
    label: 'Retention, month 2',
    meaning:
      'Of users who started at least 59 days ago: the share active 30 to 59 days after their first day.',
    value: ({ growth }) => growth.retention_30d,
    format: percent,
    better: 'more',
  },
];

export function growthSection(): Section {
  return createSection({
    id: 'growth',
    title: 'Growth',
    lead: 'Who is there, who is new, and who comes back.',
    ask: askFigures,
    parts: [
      createFigures(figures),
      createChartCard(newUsers),
      createRankedList<Figures>({
        title: 'Users by country',
        note: 'From the time zone of each install; the first ten',
        of: 'Country',
        unit: 'Users',
        format: count,
        rows: ({ growth }) =>
          growth.users_by_country.map(({ country, users }) => ({
            key: country,
            label: countryName(country),
            value: users,
          })),
        pick: { label: 'Show this country only', act: (country) => toggleFilter('country', country) },
      }),
    ],
    foot: definitionList(figures),
  });
}
