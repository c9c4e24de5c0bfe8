/** What every rule is: a name, a look at the stored data, and what it found. */
import type pg from 'pg';

import type { ServerConfig } from '../config.ts';

export interface RuleContext {
  /** In the transaction that also writes what was found. */
  client: pg.ClientBase;
  pool: pg.Pool;
  config: ServerConfig;
  now: Date;
  /** Of this rule's alerts that are open. */
  isOpen(subject: string): boolean;
}

export interface Incident {
  /** What it is about, such as a version; '' where a rule has one subject only. */
  subject: string;
  /** One line: what is wrong. */
  title: string;
  /** Sentences: the figures, and what they are compared with. No user, no id of a user. */
  detail: string;
  /** Page of the dashboard to look at, a query such as `?page=crashes`. Default: the figures. */
  page?: string;
}

export interface Finding {
  /** What is wrong now; what was open already stays so and is not told again. */
  wrong: readonly Incident[];
  /** What is mended, and the sentence to say so. All other open alerts stay open. */
  mended: readonly { subject: string; recovery: string }[];
}

export interface Rule {
  name: string;
  /** Tells of something that happened: there is nothing to mend, and each time is told. */
  once?: boolean;
  look(context: RuleContext): Promise<Finding>;
}

export const NOTHING: Finding = { wrong: [], mended: [] };

export function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))}%`;
}

/** `0` is less than a minute. */
export function minutesInWords(minutes: number): string {
  if (minutes < 120) return `${minutes} minutes`;
  const hours = minutes / 60;
  return hours < 48 ? `${Number(hours.toFixed(1))} hours` : `${Number((hours / 24).toFixed(1))} days`;
}
