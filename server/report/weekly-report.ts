/** What the weekly report says: one ISO week beside the one before, from the same figures as the dashboard. */
import type pg from 'pg';

import { type CrashGroup, readCrashGroups } from '../store/crash-groups.ts';
import { type Stats, readStats } from '../store/stats/index.ts';
import { type Day, type StatsQuery, addDays, mondayOf } from '../store/stats/query.ts';
import { type Format, count, duration, hours, percent, usd } from './formats.ts';

export interface ReportFigure {
  label: string;
  /** Of a share a change of one point is notable, of all else a tenth of it, unless chance alone brings as much. */
  kind: 'share' | 'amount' | 'mean';
  /** Null: there was nothing to compute it from. */
  now: number | null;
  before: number | null;
  format: Format;
  /** Which way is good. */
  better: 'higher' | 'lower' | 'neither';
  /** How many times a notable change the change is: 1 and more is worth telling. */
  weight: number;
}

export interface WeeklyReport {
  /** Monday and Sunday, UTC. */
  from: Day;
  to: Day;
  figures: ReportFigure[];
  /** Those that changed most, in units of what is a notable change for each. */
  changes: ReportFigure[];
  crashGroups: CrashGroup[];
}

interface FigureDefinition extends Pick<ReportFigure, 'label' | 'kind' | 'format' | 'better'> {
  value(stats: Stats): number | null;
}

const FIGURES: readonly FigureDefinition[] = [
  {
    label: 'Active users',
    kind: 'amount',
    format: count,
    better: 'higher',
    value: ({ growth }) => growth.active_users_7d,
  },
  {
    label: 'New users',
    kind: 'amount',
    format: count,
    better: 'higher',
    value: ({ growth }) => growth.new_users_7d,
  },
  {
    label: 'Recordings',
    kind: 'amount',
    format: count,
    better: 'higher',
    value: ({ usage }) => usage.total_recordings,
  },
  {
    label: 'Transcribed',
    kind: 'amount',
    format: hours,
    better: 'higher',
    value: ({ usage }) => usage.total_hours_transcribed,
  },
  {
    label: 'Success rate',
    kind: 'share',
    format: percent,
    better: 'higher',
    value: ({ quality }) => quality.success_rate,
  },
  {
    label: 'Processing, median',
    kind: 'mean',
    format: duration,
    better: 'lower',
    value: ({ quality }) => quality.p50_processing_seconds,
  },
  {
    label: 'Crash-free users',
    kind: 'share',
    format: percent,
    better: 'higher',
    value: ({ stability }) => stability.crash_free_users_rate,
  },
  {
    label: 'Crashes',
    kind: 'amount',
    format: count,
    better: 'lower',
    value: ({ stability }) => stability.crashes,
  },
  {
    label: 'Auto-paste on',
    kind: 'share',
    format: percent,
    better: 'neither',
    value: ({ adoption }) => adoption.auto_paste_rate,
  },
  {
    label: 'Cost',
    kind: 'mean',
    format: usd,
    better: 'neither',
    value: ({ business }) => business.cost_usd_7d,
  },
];

const TOLD_CHANGES = 3;
const TOLD_GROUPS = 5;
const ENVIRONMENT = { environment: ['production'] };

/** Of the ISO week that `day` lies in. The rollups must be up to date. */
export async function readWeeklyReport(pool: pg.Pool, day: Day): Promise<WeeklyReport> {
  const week = weekOf(day);
  const [stats, before] = [
    await readStats(pool, week),
    await readStats(pool, weekOf(addDays(week.from, -7))),
  ];
  const groups = await readCrashGroups(pool, week);
  const figures = FIGURES.map((definition) => ({
    label: definition.label,
    kind: definition.kind,
    format: definition.format,
    better: definition.better,
    now: definition.value(stats),
    before: definition.value(before),
    weight: weightOf(definition, definition.value(stats), definition.value(before)),
  }));
  return {
    from: week.from,
    to: week.to,
    figures,
    changes: figures
      .filter(({ weight }) => weight >= 1)
      .toSorted((a, b) => b.weight - a.weight)
      .slice(0, TOLD_CHANGES),
    crashGroups: groups.filter(({ crash_type }) => crash_type !== 'handled_error').slice(0, TOLD_GROUPS),
  };
}

function weekOf(day: Day): StatsQuery {
  const from = mondayOf(day);
  return { from, to: addDays(from, 6), filters: ENVIRONMENT };
}

function weightOf({ kind }: FigureDefinition, now: number | null, before: number | null): number {
  if (now === null || before === null) return 0;
  const change = Math.abs(now - before);
  if (kind === 'share') return change / 0.01;
  if (kind === 'mean') return before === 0 ? 0 : change / (before / 10);
  return change / Math.max(before / 10, Math.sqrt(before), 1);
}
