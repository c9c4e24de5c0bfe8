/** Records for the queue's tests. */
import { v7 as uuidv7 } from 'uuid';

import type { CrashRecord } from '../../../lib/record/crash.ts';
import type { EventRecord } from '../../../lib/record/event.ts';

export const USER_ID = '3f6e0a52-6c1d-4b7e-9d0a-1f2e3d4c5b6a';

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
