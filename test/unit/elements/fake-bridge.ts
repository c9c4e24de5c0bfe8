/** A stand-in for what the preload puts into the page: runs in the page, steered by the tests through `fake`. */
import type { MyData } from '../../../lib/handle.ts';
import type { TelemetryRecord } from '../../../lib/record/batch.ts';
import type { RoostBridge, SettingsState } from '../../../renderer/bridge.ts';

const USER_ID = '5f0c1a52-6f0e-4b8e-9d4b-0c3f4f3b9a11';

const event = (number: number, name: string, properties: Record<string, string | number | boolean>) => ({
  event_id: `0197a1b2-0000-7000-8000-${String(number).padStart(12, '0')}`,
  user_id: USER_ID,
  session_id: '8a1f6f6e-2c61-4a55-a0a1-0c1f4f3b9a22',
  timestamp: `2026-06-01T10:0${number}:00.000Z`,
  event: name,
  properties,
  app_version: '1.4.0',
  platform: 'macOS 15.1',
  country: 'ES',
  environment: 'production' as const,
});

export const SAMPLE_RECORDS: TelemetryRecord[] = [
  {
    event_id: '0197a1b2-0000-7000-8000-000000000009',
    user_id: USER_ID,
    timestamp: '2026-06-01T10:09:00.000Z',
    crash_type: 'uncaught_error',
    error_message: "TypeError: Cannot read properties of undefined (reading 'duration')",
    stack_trace:
      "TypeError: Cannot read properties of undefined (reading 'duration')\n    at stopRecording (app://renderer/recorder.js:88:21)",
    context: { process: 'renderer', uptime_seconds: 341 },
    app_version: '1.4.0',
  },
  event(1, 'recording_started', { source: 'widget' }),
  event(2, 'recording_completed', { audio_duration_seconds: 120, source: 'widget', success: true }),
];

const state: SettingsState = {
  userId: USER_ID,
  usageEnabled: true,
  crashReportsEnabled: true,
  consentKnown: true,
  noticeShown: false,
  noticeRequired: false,
  consentMode: 'opt-out',
  pending: {
    events: 2,
    crashes: 1,
    bytes: 1432,
    oldest: new Date('2026-06-01T10:01:00Z'),
    dropped: {},
    health: { storage: 'better-sqlite3', durable: true, problems: [] },
    lastSent: { at: new Date('2026-06-01T10:00:30Z'), records: 8 },
  },
  erasurePending: false,
};

const listeners = new Set<(state: SettingsState) => void>();

/** What the tests steer: the next answers, and every call that was made. */
const fake = {
  calls: [] as string[],
  fails: false,
  records: SAMPLE_RECORDS,
  server: { user_id: USER_ID, events: [{}], crashes: [] } as MyData['server'],
  forget: { deleted: { events: 12, crashes: 1 } } as Awaited<ReturnType<RoostBridge['forgetMe']>>,
  listenerCount: () => listeners.size,
  /** As a change in another window or in config.json would arrive. */
  push(change: Partial<SettingsState>): void {
    Object.assign(state, change);
    for (const listener of listeners) listener(structuredClone(state));
  },
};
export type FakeBridge = typeof fake;

async function answer<T>(call: string, value: () => T): Promise<T> {
  fake.calls.push(call);
  if (fake.fails) throw new Error('the main process is gone');
  return structuredClone(value());
}

const bridge: RoostBridge = {
  track: (name) => fake.calls.push(`track ${name}`),
  captureError: () => fake.calls.push('captureError'),
  addBreadcrumb: () => fake.calls.push('addBreadcrumb'),
  getState: () => answer('getState', () => state),
  onStateChange(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  setEnabled: (enabled) =>
    answer(`setEnabled ${enabled}`, () => Object.assign(state, { usageEnabled: enabled })),
  setCrashReportsEnabled: (enabled) =>
    answer(`setCrashReportsEnabled ${enabled}`, () => Object.assign(state, { crashReportsEnabled: enabled })),
  noticeShown: () => answer('noticeShown', () => Object.assign(state, { noticeShown: true })),
  peek: (limit) => answer(`peek ${limit}`, () => fake.records.slice(0, limit)),
  exportMyData: () =>
    answer('exportMyData', () => ({ user_id: USER_ID, queued: fake.records, server: fake.server })),
  forgetMe: () => answer('forgetMe', () => fake.forget),
};

declare global {
  interface Window {
    fake: FakeBridge;
  }
}
window.fake = fake;
if (!location.search.includes('no-bridge')) window.roost = bridge;
