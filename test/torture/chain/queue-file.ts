/** The queue file of an app that is not running: what lies in it, and how it is damaged. */
import { closeSync, existsSync, openSync, statSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import type { Dice } from './dice.ts';
import { numberOfFailure } from './numbers.ts';

/** Records that wait or are set aside. Several processes may have the file. */
export function countRecords(dataDir: string): number {
  return ask(
    dataDir,
    'select (select count(*) from records) + (select count(*) from dead_letters) as count',
    [{ count: 0 }],
  )[0]!.count as number;
}

/** Numbers of the records that no server could read, not even alone. */
export function deadLetters(dataDir: string): number[] {
  return ask(dataDir, 'select payload from dead_letters', []).flatMap(({ payload }) => {
    const record = JSON.parse(String(payload)) as { properties?: { count: number }; error_message?: string };
    return record.properties?.count ?? numberOfFailure(record.error_message ?? '') ?? [];
  });
}

/** In the way of a disk: zeros in place of what was written, or an end that is missing. */
export function damage(dataDir: string, dice: Dice): void {
  const file = join(dataDir, 'queue.db');
  const { size } = statSync(file);
  switch (dice.between(1, 4)) {
    case 1:
      return wipe(file, 0, 100);
    case 2:
      return wipe(file, dice.between(0, size), 4_096);
    case 3:
      return truncateSync(file, dice.between(0, size));
    default:
      // Its newest pages are in the log.
      if (existsSync(`${file}-wal`)) wipe(`${file}-wal`, 0, 8_192);
  }
}

function wipe(file: string, at: number, bytes: number): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(bytes), 0, bytes, at);
  closeSync(handle);
}

function ask(dataDir: string, sql: string, without: Record<string, unknown>[]): Record<string, unknown>[] {
  const file = join(dataDir, 'queue.db');
  if (!existsSync(file)) return without;
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}
