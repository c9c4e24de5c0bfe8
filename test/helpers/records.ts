/** Valid records, to change one thing in. */
import { randomUUID } from 'node:crypto';

import { v7 as uuidV7 } from 'uuid';

import type { CrashRecord } from '../../lib/record/crash.ts';
import type { EventRecord } from '../../lib/record/event.ts';

export function makeEvent(changes: Partial<EventRecord> = {}): EventRecord {
  return {
    event_id: uuidV7(),
    user_id: randomUUID(),
    session_id: randomUUID(),
    timestamp: new Date().toISOString(),
    event: 'app_opened',
    properties: { startup_time_seconds: 0.8 },
    app_version: '1.2.0',
    platform: 'macOS 15.1',
    country: 'DE',
    ...changes,
  };
}

export function makeCrash(changes: Partial<CrashRecord> = {}): CrashRecord {
  return {
    event_id: uuidV7(),
    user_id: randomUUID(),
    session_id: randomUUID(),
    timestamp: new Date().toISOString(),
    crash_type: 'main_crash',
    error_message: 'Cannot read properties of undefined',
    stack_trace: 'TypeError: Cannot read properties of undefined\n    at open (app://main.js:10:5)',
    context: { process: 'main' },
    app_version: '1.2.0',
    os_version: 'macOS 15.1',
    platform: 'macOS 15.1',
    country: 'DE',
    ...changes,
  };
}
