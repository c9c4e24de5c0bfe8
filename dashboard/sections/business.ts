import type { Figures } from '../api-types.ts';
import { askFigures } from '../ask.ts';
import { costPerDay } from '../charts/cost-per-day.ts';
import { amount, count, percent, usd } from '../format.ts';
import { createChartCard } from '../parts/chart-card.ts';
import { createFigures, definitionList, type FigureDefinition } from '../parts/figure.ts';
import { createSection, type Section } from '../parts/section.ts';

const figures: FigureDefinition<Figures>[] = [
  {
    label: 'Cost, all time',
    meaning: 'Estimated cost of every event up to the last day, of the records that are kept. US dollars.',
    value: ({ business }) => business.total_cost_usd,
    format: usd,
    better: 'neither',
  },
  {
    label: 'Cost, 7 days',
    meaning: 'Estimated cost in the 7 days up to the last day.',
    value: ({ business }) => business.cost_usd_7d,
    format: usd,
    better: 'neither',
  },
  {
    label: 'Cost, 30 days',
    meaning: 'Estimated cost in the 30 days up to the last day.',
    value: ({ business }) => business.cost_usd_30d,
    format: usd,
    better: 'neither',
  },
  {
    label: 'Cost per user, 30 days',
    meaning: 'Cost of 30 days over the users active in them.',
    value: ({ business }) => business.average_cost_usd_per_user_30d,
    format: usd,
    better: 'less',
  },
  {
    label: 'Recordings per user, 7 days',
    meaning: 'Recordings of the last 7 days over the users active in them.',
    value: ({ business }) => business.recordings_per_active_user_7d,
    format: amount,
    better: 'more',
  },
  {
    label: 'Churned users',
    meaning: 'Users whose last event lies before the 30 days up to the last day.',
    value: ({ business }) => business.churned_users,
    format: count,
    better: 'less',
  },
  {
    label: 'Churn rate',
    meaning: 'Churned users over all users.',
    value: ({ business }) => business.churn_rate,
    format: percent,
    better: 'less',
  },
];

export function businessSection(): Section {
  return createSection({
    id: 'business',
    title: 'Business',
    lead: 'What it costs, and who stopped using it.',
    ask: askFigures,
    parts: [createFigures(figures), createChartCard(costPerDay)],
    foot: definitionList(figures),
  });
}
