/** Queues and records for the queue's tests. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import Database from 'better-sqlite3';
import { v7 as uuidv7 } from 'uuid';
import { onTestFinished } from 'vitest';

import type { SqliteDriver } from '../../../lib/queue/driver.ts';
import { openQueue } from '../../../lib/queue/queue.ts';
import type { QueueOptions, RecordQueue } from '../../../lib/queue/types.ts';
import type { CrashRecord } from '../../../lib/record/crash.ts';
import type { EventRecord } from '../../../lib/record/event.ts';

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

export const USER_ID = '3f6e0a52-6c1d-4b7e-9d0a-1f2e3d4c5b6a';

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

export function makeEvent(fields: Partial<EventRecord> = {}): EventRecord {
  return {
    event_id: uuidv7(),
    user_id: USER_ID,
    session_id: null,
    timestamp: new Date().toISOString(),
    event: 'recording_started',
    properties: { source: 'widget' },
    app_version: '1.2.0',
    platform: 'macOS 15.1',
    country: 'DE',
    environment: 'production',
    ...fields,
  };
}

export function makeCrash(fields: Partial<CrashRecord> = {}): CrashRecord {
  return {
    event_id: uuidv7(),
    user_id: USER_ID,
    session_id: null,
    timestamp: new Date().toISOString(),
    crash_type: 'main_crash',
    error_message: 'boom',
    stack_trace: 'Error: boom\n    at main.js:1:1',
    context: null,
    app_version: '1.2.0',
    os_version: 'macOS 15.1',
    platform: 'macOS 15.1',
    country: 'DE',
    environment: 'production',
    ...fields,
  };
}

export const LEASE = { owner: 'sender-1', maxRecords: 500, maxBytes: 2 ** 20, leaseMs: 60_000 } as const;
