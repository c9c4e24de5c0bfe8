import type { Figures } from '../api-types.ts';
import { askFigures } from '../ask.ts';
import { successPerDay } from '../charts/success-per-day.ts';
import { count, duration, percent, words } from '../format.ts';
import { createChartCard } from '../parts/chart-card.ts';
import { createFigures, definitionList, type FigureDefinition } from '../parts/figure.ts';
import { createRankedList } from '../parts/ranked-list.ts';
import { createSection, type Section } from '../parts/section.ts';

const figures: FigureDefinition<Figures>[] = [
  {
    label: 'Success rate',
    meaning: 'Completed transcriptions over completed and failed ones.',
    value: ({ quality }) => quality.success_rate,
    format: percent,
    better: 'more',
  },
  {
    label: 'Error rate',
    meaning: 'Failed transcriptions over completed and failed ones.',
    value: ({ quality }) => quality.error_rate,
    format: percent,
    better: 'less',
  },
  {
    label: 'Processing, mean',
    meaning: 'Mean processing time of every event in the range that carries one.',
    value: ({ quality }) => quality.average_processing_seconds,
    format: duration,
    better: 'less',
  },
  {
    label: 'Processing, median',
    meaning: 'Half of these events were processed at least as fast.',
    value: ({ quality }) => quality.p50_processing_seconds,
    format: duration,
    better: 'less',
  },
  {
    label: 'Processing, 95th percentile',
    meaning: '95 of 100 of these events were processed at least as fast.',
    value: ({ quality }) => quality.p95_processing_seconds,
    format: duration,
    better: 'less',
  },
  {
    label: 'Start-up',
    meaning: 'Mean start-up time that the app reported when it was opened.',
    value: ({ quality }) => quality.average_startup_seconds,
    format: duration,
    better: 'less',
  },
];

export function qualitySection(): Section {
  return createSection({
    id: 'quality',
    title: 'Quality',
    lead: 'Whether transcription works, and how fast.',
    ask: askFigures,
    parts: [
      createFigures(figures),
      createChartCard(successPerDay),
      createRankedList<Figures>({
        title: 'Failures by type',
        of: 'Error',
        unit: 'Failures',
        format: count,
        tone: 'bad',
        empty: 'No failed transcription in this range',
        extra: [{ label: 'Of all attempts', format: percent }],
        rows: ({ quality }) =>
          quality.errors_by_type.map(({ error_type, count, rate }) => ({
            key: error_type,
            label: words(error_type),
            value: count,
            extra: [rate],
          })),
      }),
    ],
    foot: definitionList(figures),
  });
}
