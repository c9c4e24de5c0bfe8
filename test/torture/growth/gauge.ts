/** Figures that are looked at again and again, and have to stay where they are. */
import { readdirSync, readFileSync, statSync } from 'node:fs';

export type Unit = 'MB' | 'KB' | 'bytes' | '';

export interface Gauge {
  what: string;
  unit: Unit;
  /** How far the end may lie above the start: a share of it, and so much more. Or a bound for every sample. */
  allowed: { share: number; plus: number } | { limit: number };
  /** In bytes, or a count. */
  read: () => number | Promise<number>;
}

export interface GaugeRow {
  what: string;
  unit: Unit;
  /** Median of the second quarter: the first one is for warming up. */
  early: number;
  /** Median of the last quarter. */
  late: number;
  highest: number;
  /** What `late` (or `highest`, for a limit) must not exceed. */
  bound: number;
  flat: boolean;
}

const LEAST_SAMPLES = 8;

export function judge({ what, unit, allowed }: Omit<Gauge, 'read'>, samples: readonly number[]): GaugeRow {
  if (samples.length < LEAST_SAMPLES) throw new Error(`${what}: only ${samples.length} samples`);
  const quarter = Math.floor(samples.length / 4);
  const early = median(samples.slice(quarter, 2 * quarter));
  const late = median(samples.slice(-quarter));
  const highest = Math.max(...samples);
  const bound = 'limit' in allowed ? allowed.limit : early * (1 + allowed.share) + allowed.plus;
  const flat = ('limit' in allowed ? highest : late) <= bound;
  return { what, unit, early, late, highest, bound, flat };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** What a process holds can be read on Linux only. */
export const canLookIntoProcesses = process.platform === 'linux';

export function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
}

export function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** 0 where there is none. */
export function fileBytes(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
