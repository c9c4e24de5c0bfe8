/** `roost inspect QUEUE.db`: what waits in a queue, or was set aside. */
import { statSync } from 'node:fs';
import { join } from 'node:path';

import { QUEUE_FILE_NAME } from '../queue/queue-file.ts';
import { readQueueFile } from '../queue/read-file.ts';

export interface InspectOptions {
  /** The queue file, or the folder it lies in. */
  path: string;
  /** One JSON document with the records themselves instead of a table. */
  json: boolean;
  /** Dead letters instead of waiting records. */
  dead: boolean;
  /** Milliseconds since the epoch. */
  now: number;
}

/** The text to print. Throws an error with one plain sentence where there is no queue to read. */
export function inspect({ path, json, dead, now }: InspectOptions): string {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const queue = readQueueFile(isFolder ? join(path, QUEUE_FILE_NAME) : path);
  if (dead) {
    const letters = queue.deadLetters.map(({ kind, eventId, payload, reason, at }) => {
      return {
        kind,
        name: nameOf(payload),
        event_id: eventId,
        reason,
        set_aside_at: isoTime(at),
        record: parse(payload),
      };
    });
    if (json) return JSON.stringify(letters, null, 2);
    const rows = letters.map(({ kind, name, reason, set_aside_at }) => [kind, name, reason, set_aside_at]);
    return table(['kind', 'name', 'reason', 'set aside at'], rows, 'No dead letters.');
  }
  const records = queue.records.map(
    ({ kind, eventId, capturedAt, bytes, tries, readyAt, isLeased, payload }) => ({
      kind,
      name: nameOf(payload),
      event_id: eventId,
      captured_at: isoTime(capturedAt),
      age: duration(now - capturedAt),
      tries,
      next_try: nextTry(readyAt, isLeased, now),
      bytes,
      record: parse(payload),
    }),
  );
  if (json) return JSON.stringify(records, null, 2);
  const rows = records.map(({ kind, name, age, tries, next_try, bytes }) => {
    return [kind, name, age, String(tries), next_try, `${bytes} B`];
  });
  return table(['kind', 'name', 'age', 'tries', 'next try', 'size'], rows, 'Nothing is waiting.');
}

function nextTry(readyAt: number, isLeased: boolean, now: number): string {
  if (readyAt <= now) return 'now';
  return isLeased ? `on its way, else in ${duration(readyAt - now)}` : `in ${duration(readyAt - now)}`;
}

function nameOf(payload: string): string {
  const record = parse(payload) as { event?: unknown; crash_type?: unknown } | null;
  return String(record?.event ?? record?.crash_type ?? 'unreadable');
}

function parse(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return null;
  }
}

function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** The largest unit alone: `3 days`, `1 hour`, `0 seconds`. */
function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000));
  const [unit, size] =
    (
      [
        ['day', 86_400],
        ['hour', 3_600],
        ['minute', 60],
      ] as const
    ).find(([, size]) => seconds >= size) ?? (['second', 1] as const);
  const count = Math.floor(seconds / size);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

function table(header: string[], rows: string[][], empty: string): string {
  if (rows.length === 0) return empty;
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length)),
  );
  return [header, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
