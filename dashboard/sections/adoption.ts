import type { Figures } from '../api-types.ts';
import { askFigures } from '../ask.ts';
import { count, percent, words } from '../format.ts';
import { createFigures, definitionList, type FigureDefinition } from '../parts/figure.ts';
import { createRankedList } from '../parts/ranked-list.ts';
import { createSection, type Section } from '../parts/section.ts';

const figures: FigureDefinition<Figures>[] = [
  {
    label: 'Auto-paste on',
    meaning: 'Share of active users whose last switch of auto-paste turned it on.',
    value: ({ adoption }) => adoption.auto_paste_rate,
    format: percent,
    better: 'more',
  },
  {
    label: 'Widget share',
    meaning: 'Share of the recordings that were started from the widget.',
    value: ({ adoption }) => adoption.widget_share,
    format: percent,
    better: 'neither',
  },
  {
    label: 'Use the dictionary',
    meaning: 'Share of active users who used the custom dictionary in the range.',
    value: ({ adoption }) => adoption.dictionary_usage_rate,
    format: percent,
    better: 'more',
  },
  {
    label: 'Dictionary uses',
    meaning: 'Words applied from the dictionary in the range.',
    value: ({ adoption }) => adoption.dictionary_uses,
    format: count,
    better: 'more',
  },
  {
    label: 'Had to retry',
    meaning: 'Share of active users who retried a transcription in the range.',
    value: ({ adoption }) => adoption.retry_usage_rate,
    format: percent,
    better: 'less',
  },
  {
    label: 'Retries',
    meaning: 'Retries in the range.',
    value: ({ adoption }) => adoption.retries,
    format: count,
    better: 'less',
  },
];

export function adoptionSection(): Section {
  return createSection({
    id: 'adoption',
    title: 'Adoption',
    lead: 'Which features people have found.',
    ask: askFigures,
    parts: [
      createFigures(figures),
      createRankedList<Figures>({
        title: 'Recordings by source',
        of: 'Started from',
        unit: 'Recordings',
        format: count,
        rows: ({ adoption: { recordings_by_source: sources } }) =>
          Object.entries(sources).map(([source, recordings]) => ({
            key: source,
            label: words(source),
            value: recordings,
          })),
      }),
      createRankedList<Figures>({
        title: 'Feature stickiness',
        note: 'Share of the users active in the last 7 days who used it in them',
        of: 'Feature',
        unit: 'Users',
        format: percent,
        full: 1,
        rows: ({ business: { feature_stickiness_7d: features } }) =>
          Object.entries(features).map(([feature, share]) => ({
            key: feature,
            label: words(feature),
            value: share,
          })),
      }),
    ],
    foot: definitionList(figures),
  });
}
