import type { Figures } from '../api-types.ts';
import { askFigures } from '../ask.ts';
import { dailyUsers } from '../charts/daily-users.ts';
import { recordingsPerDay } from '../charts/recordings-per-day.ts';
import { weeklyUsers } from '../charts/weekly-users.ts';
import { amount, count, duration, hours, minutes } from '../format.ts';
import { createChartCard } from '../parts/chart-card.ts';
import { createFigures, definitionList, type FigureDefinition } from '../parts/figure.ts';
import { createSection, type Section } from '../parts/section.ts';

const figures: FigureDefinition<Figures>[] = [
  {
    label: 'Recordings',
    meaning: 'Completed recordings in the range that did not fail.',
    value: ({ usage }) => usage.total_recordings,
    format: count,
    better: 'more',
  },
  {
    label: 'Recorded',
    meaning: 'Minutes of audio in these recordings.',
    value: ({ usage }) => usage.total_minutes_recorded,
    format: minutes,
    better: 'more',
  },
  {
    label: 'Transcribed',
    meaning: 'Hours of audio in the completed transcriptions of the range.',
    value: ({ usage }) => usage.total_hours_transcribed,
    format: hours,
    better: 'more',
  },
  {
    label: 'Recordings per user',
    meaning: 'Recordings over the users active in the range.',
    value: ({ usage }) => usage.recordings_per_user,
    format: amount,
    better: 'more',
  },
  {
    label: 'Session length',
    meaning: 'Mean time from the first to the last event of a session; a session of one event counts as 0.',
    value: ({ usage }) => usage.average_session_seconds,
    format: duration,
    better: 'neither',
  },
];

export function usageSection(): Section {
  return createSection({
    id: 'usage',
    title: 'Usage',
    lead: 'How much the app is used.',
    ask: askFigures,
    parts: [
      createFigures(figures),
      createChartCard(dailyUsers),
      createChartCard(weeklyUsers),
      createChartCard(recordingsPerDay),
    ],
    foot: definitionList(figures),
  });
}
