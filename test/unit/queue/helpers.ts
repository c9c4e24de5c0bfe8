/** Queues and records for the queue's tests. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';

import type { SqliteDriver } from '../../../lib/queue/driver.ts';
import { openQueue } from '../../../lib/queue/queue.ts';
import type { QueueOptions, RecordQueue } from '../../../lib/queue/types.ts';

const { DatabaseSync } = createRequire(import.meta.url)('node:sqlite') as typeof import('node:sqlite');

export const DRIVERS: Readonly<Record<RecordQueue['storage'], SqliteDriver | null>> = {
  'better-sqlite3': {
    name: 'better-sqlite3',
    open: (path, options) => new Database(path, { readonly: options?.readOnly ?? false }),
  },
  'node:sqlite': {
    name: 'node:sqlite',
    open: (path, options) => new DatabaseSync(path, { readOnly: options?.readOnly ?? false }),
  },
  memory: null,
};

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'roost-queue-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface TestQueue extends RecordQueue {
  readonly warnings: string[];
}

/** A queue that is closed after the test. */
export function testQueue(options: Partial<QueueOptions> = {}): TestQueue {
  const warnings: string[] = [];
  const queue = openQueue({
    dataDir: options.dataDir ?? temporaryFolder(),
    maxRecords: 10_000,
    maxBytes: 20 * 2 ** 20,
    maxAgeDays: 30,
    warn: (_kind, message) => warnings.push(message),
    ...options,
  });
  onTestFinished(() => queue.close());
  return Object.assign(queue, { warnings });
}
