import type { Day, Figures } from '../api-types.ts';
import { askFigures } from '../ask.ts';
import { crashFreeRate, successRate } from '../charts/day-rates.ts';
import { count, percent, usd } from '../format.ts';
import { createEmptyHint } from '../parts/empty-hint.ts';
import { createFigures, type FigureDefinition } from '../parts/figure.ts';
import { createSection, type Section } from '../parts/section.ts';

const figures: FigureDefinition<Figures>[] = [
  {
    label: 'Users',
    meaning: '',
    value: ({ growth }) => growth.total_users,
    format: count,
    better: 'more',
    trend: ({ growth, days }) => totalByDay(growth.total_users, days),
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
    trend: ({ days }) => days.map(crashFreeRate),
  },
  {
    label: 'Recordings',
    meaning: '',
    value: ({ usage }) => usage.total_recordings,
    format: count,
    better: 'more',
    trend: ({ days }) => days.map(({ recordings }) => recordings),
  },
  {
    label: 'Success rate',
    meaning: '',
    value: ({ quality }) => quality.success_rate,
    format: percent,
    better: 'more',
    trend: ({ days }) => days.map(successRate),
  },
  {
    label: 'Cost, 30 days',
    meaning: '',
    value: ({ business }) => business.cost_usd_30d,
    format: usd,
    better: 'neither',
    trend: ({ days }) => days.map(({ cost_usd }) => cost_usd),
  },
];

/** Users at the end of each day, from the total at the end of the last. */
function totalByDay(total: number, days: Day[]): number[] {
  let later = days.reduce((sum, day) => sum + day.new_users, 0);
  return days.map((day) => {
    later -= day.new_users;
    return total - later;
  });
}

export function overviewSection(): Section {
  return createSection({
    id: 'overview',
    title: 'Overview',
    lead: 'The six figures to look at first.',
    ask: askFigures,
    parts: [createEmptyHint(), createFigures(figures, 'headline')],
  });
}
