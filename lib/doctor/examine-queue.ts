/** A queue file on this machine: what waits in it, for how long, and what went wrong before. */
import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { readConfig } from '../consent/config-file.ts';
import { QUEUE_FILE_NAME } from '../queue/queue-file.ts';
import { type QueueFile, readQueueFile } from '../queue/read-file.ts';
import type { Finding } from './finding.ts';

const HOUR_MS = 3_600_000;
/** An app that was used with a network since then would have sent them. */
const OVERDUE_MS = 24 * HOUR_MS;

/** `path`: the queue file, or the folder it lies in. `now`: milliseconds since the epoch. */
export function examineQueue(path: string, now: number): Finding[] {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const file = isFolder ? join(path, QUEUE_FILE_NAME) : path;
  let queue: QueueFile;
  try {
    queue = readQueueFile(file);
  } catch (error) {
    return [{ subject: 'queue', level: 'bad', text: error instanceof Error ? error.message : String(error) }];
  }
  return [examineWaiting(queue, now), ...examineDeadLetters(queue), ...examineSetAside(file)];
}

function examineWaiting({ records }: QueueFile, now: number): Finding {
  if (records.length === 0) return { subject: 'queue', level: 'good', text: 'nothing waits' };
  const crashes = records.filter(({ kind }) => kind === 'crash').length;
  const oldestMs = now - Math.min(...records.map(({ capturedAt }) => capturedAt));
  const hours = Math.floor(Math.max(0, oldestMs) / HOUR_MS);
  const tries = Math.max(...records.map((record) => record.tries));
  const text = `${records.length - crashes} events and ${crashes} crashes wait, the oldest for ${hours} hours, at most ${tries} tries`;
  if (oldestMs < OVERDUE_MS) return { subject: 'queue', level: 'good', text };
  const advice = tries === 0 ? 'none was tried: is an endpoint set?' : 'look at the server and the key';
  return { subject: 'queue', level: 'warning', text: `${text}: ${advice}` };
}

function examineDeadLetters({ deadLetters }: QueueFile): Finding[] {
  if (deadLetters.length === 0) return [];
  const reasons = [...new Set(deadLetters.map(({ reason }) => reason))].join(', ');
  const text = `the server refused ${deadLetters.length} records (${reasons}): see "roost inspect --dead"`;
  return [{ subject: 'refused', level: 'warning', text }];
}

function examineSetAside(file: string): Finding[] {
  const damaged = readdirSync(dirname(file)).filter((name) => name.startsWith(`${basename(file)}.damaged-`));
  if (damaged.length === 0) return [];
  return [{ subject: 'damage', level: 'warning', text: `set aside earlier: ${damaged.join(', ')}` }];
}

/** The consent file. `path`: the app's config.json. */
export function examineConsent(path: string): Finding {
  const reading = readConfig(path);
  if (!reading.readable) {
    const text = `${path}: ${reading.reason}. Nothing is recorded or sent until it can be read`;
    return { subject: 'consent', level: 'bad', text };
  }
  const { telemetry_enabled: usage, crash_reports_enabled: crashes } = reading.values;
  const said = (flag: boolean | undefined): string => (flag === undefined ? 'not said' : flag ? 'on' : 'off');
  return { subject: 'consent', level: 'good', text: `usage ${said(usage)}, crash reports ${said(crashes)}` };
}
