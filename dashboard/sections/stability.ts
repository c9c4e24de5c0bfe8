import type { Figures } from '../api-types.ts';
import { askFigures } from '../ask.ts';
import { crashesPerDay } from '../charts/crashes-per-day.ts';
import { amount, count, duration, percent, words } from '../format.ts';
import { toggleFilter } from '../navigation.ts';
import { createChartCard } from '../parts/chart-card.ts';
import { createFigures, definitionList, type FigureDefinition } from '../parts/figure.ts';
import { createRankedList } from '../parts/ranked-list.ts';
import { createSection, type Section } from '../parts/section.ts';

const figures: FigureDefinition<Figures>[] = [
  {
    label: 'Crash-free users',
    meaning: 'Share of the users active in the range who had no crash in it. Handled errors are no crashes.',
    value: ({ stability }) => stability.crash_free_users_rate,
    format: percent,
    better: 'more',
  },
  {
    label: 'Crash-free sessions',
    meaning: 'Share of the sessions with an event in the range that had no crash in it.',
    value: ({ stability }) => stability.crash_free_sessions_rate,
    format: percent,
    better: 'more',
  },
  {
    label: 'Crashes',
    meaning: 'Crashes in the range, from active users or not.',
    value: ({ stability }) => stability.crashes,
    format: count,
    better: 'less',
  },
  {
    label: 'Crashes, 7 days',
    meaning: 'Crashes in the 7 days up to the last day.',
    value: ({ stability }) => stability.crashes_7d,
    format: count,
    better: 'less',
  },
  {
    label: 'Crashes, 30 days',
    meaning: 'Crashes in the 30 days up to the last day.',
    value: ({ stability }) => stability.crashes_30d,
    format: count,
    better: 'less',
  },
  {
    label: 'Crashes per active user',
    meaning: 'Crashes in the range over the users active in it.',
    value: ({ stability }) => stability.crashes_per_active_user,
    format: amount,
    better: 'less',
  },
  {
    label: 'Time to first crash',
    meaning: 'Median time from the first event of a user to the first crash.',
    value: ({ stability }) => stability.median_seconds_to_first_crash,
    format: duration,
    better: 'more',
  },
];

const crashCounts = {
  unit: 'Crashes',
  format: count,
  extra: [{ label: 'Users', format: count }],
  tone: 'bad' as const,
};
const empty = 'No crash in this range';

export function stabilitySection(): Section {
  return createSection({
    id: 'stability',
    title: 'Stability',
    lead: 'Whether the app stays up.',
    ask: askFigures,
    parts: [
      createFigures(figures),
      createChartCard(crashesPerDay),
      createRankedList<Figures>({
        ...crashCounts,
        width: 'third',
        title: 'Crashes by type',
        of: 'Type',
        empty,
        rows: ({ stability }) =>
          stability.top_crash_types.map(({ crash_type, crashes, users }) => ({
            key: crash_type,
            label: words(crash_type),
            value: crashes,
            extra: [users],
          })),
      }),
      createRankedList<Figures>({
        ...crashCounts,
        width: 'third',
        title: 'Crashes by app version',
        of: 'Version',
        empty,
        rows: ({ stability }) =>
          stability.crashes_by_app_version.map(({ app_version, crashes, users }) => ({
            key: app_version,
            label: app_version,
            value: crashes,
            extra: [users],
          })),
        pick: {
          label: 'Show this version only',
          can: (version) => version !== 'unknown',
          act: (version) => toggleFilter('app_version', version),
        },
      }),
      createRankedList<Figures>({
        ...crashCounts,
        width: 'third',
        title: 'Crashes by operating system',
        of: 'System',
        empty,
        rows: ({ stability }) =>
          stability.crashes_by_os_version.map(({ os_version, crashes, users }) => ({
            key: os_version,
            label: os_version,
            value: crashes,
            extra: [users],
          })),
      }),
    ],
    foot: definitionList(figures),
  });
}
