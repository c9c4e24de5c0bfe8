import type { Stats } from '../api-types.ts';
import { askStats } from '../ask.ts';
import { count, percent, usd } from '../format.ts';
import { createFigures, type FigureDefinition } from '../parts/figure.ts';
import { createSection, type Section } from '../parts/section.ts';

const figures: FigureDefinition<Stats>[] = [
  {
    label: 'Users',
    meaning: '',
    value: ({ growth }) => growth.total_users,
    format: count,
    better: 'more',
    trend: () => null,
  },
  {
    label: 'Active users, 30 days',
    meaning: '',
    value: ({ growth }) => growth.active_users_30d,
    format: count,
    better: 'more',
    trend: ({ usage }) => usage.daily_active_users.map(({ users }) => users),
  },
  {
    label: 'Crash-free users',
    meaning: '',
    value: ({ stability }) => stability.crash_free_users_rate,
    format: percent,
    better: 'more',
    trend: () => null,
  },
  {
    label: 'Recordings',
    meaning: '',
    value: ({ usage }) => usage.total_recordings,
    format: count,
    better: 'more',
    trend: () => null,
  },
  {
    label: 'Success rate',
    meaning: '',
    value: ({ quality }) => quality.success_rate,
    format: percent,
    better: 'more',
    trend: () => null,
  },
  {
    label: 'Cost, 30 days',
    meaning: '',
    value: ({ business }) => business.cost_usd_30d,
    format: usd,
    better: 'neither',
    trend: () => null,
  },
];

export function overviewSection(): Section {
  return createSection({
    id: 'overview',
    title: 'Overview',
    lead: 'The six figures to look at first.',
    ask: askStats,
    parts: [createFigures(figures, 'headline')],
  });
}
