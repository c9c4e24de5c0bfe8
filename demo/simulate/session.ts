/** What one person records in one session, as records ready to be sent. */
import type { CrashRecord } from '../../lib/record/crash.ts';
import type { EventRecord, Properties } from '../../lib/record/event.ts';
import {
  estimateTranscriptionCost,
  type EventName,
  type EventProperties,
  type StoriesCatalogue,
} from '../../lib/record/index.ts';
import type { Chance } from './chance.ts';
import { makeFailure } from './crashes.ts';
import type { Person } from './person.ts';
import type { Release } from './releases.ts';

const ERROR_TYPES = { timeout: 30, network: 30, rate_limited: 18, invalid_audio: 12, quota: 7, unknown: 3 };

export interface SessionPlan {
  person: Person;
  release: Release;
  /** Milliseconds since the epoch. */
  startsAt: number;
  /** The session in which auto-paste is switched on. */
  switchesAutoPasteOn: boolean;
}

export interface SessionRecords {
  events: EventRecord[];
  crashes: CrashRecord[];
}

/** Records an event at the session's clock, which then moves on by `seconds`. */
type Add = <N extends EventName<StoriesCatalogue>>(
  event: N,
  properties: EventProperties<StoriesCatalogue, N>,
  seconds: number,
) => void;

export function makeSession(chance: Chance, plan: SessionPlan): SessionRecords {
  const { person, release } = plan;
  const events: EventRecord[] = [];
  const crashes: CrashRecord[] = [];
  let at = plan.startsAt;
  const sessionId = chance.userId();
  const shared = (): Pick<CrashRecord, 'event_id' | 'user_id' | 'timestamp' | 'app_version'> => ({
    event_id: chance.eventId(at),
    user_id: person.userId,
    timestamp: new Date(at).toISOString(),
    app_version: release.version,
  });
  const surroundings = {
    session_id: sessionId,
    platform: person.platform,
    country: person.country,
    environment: person.developer ? ('development' as const) : ('production' as const),
  };
  const add: Add = (event, properties, seconds) => {
    events.push({ ...shared(), ...surroundings, event, properties: properties as Properties });
    at += seconds * 1000;
  };

  add('app_opened', { startup_time_seconds: rounded(chance.spread(1.3, 0.35)) }, chance.integer(2, 40));
  if (plan.switchesAutoPasteOn) add('feature_toggled', { feature: 'auto_paste', enabled: true }, 5);
  const recordings = Math.round(chance.spread(person.recordings, 0.5));
  for (let recording = 0; recording < recordings; recording += 1) record(add, chance, plan);
  if (chance.happens(person.dictionary)) add('dictionary_used', { count: chance.integer(1, 6) }, 3);

  if (chance.happens(release.bad ? 0.14 : 0.02)) {
    const { context, ...failure } = makeFailure(chance, release.bad, person.platform);
    crashes.push({
      ...shared(),
      ...surroundings,
      ...failure,
      os_version: person.platform,
      context: {
        ...context,
        uptime_seconds: Math.round((at - plan.startsAt) / 1000),
        breadcrumbs: events.slice(-5).map(({ timestamp, event }) => ({ at: timestamp, message: event })),
      },
    });
  }
  return { events, crashes };
}

/** From pressing the button to the finished text, or to giving up. */
function record(add: Add, chance: Chance, { person, release }: SessionPlan): void {
  const source = chance.happens(person.widget) ? ('widget' as const) : ('main_window' as const);
  const duration = rounded(Math.min(3600, chance.spread(75, 0.9)));
  const success = chance.happens(0.985);
  add('recording_started', { source }, duration);
  add('recording_completed', { audio_duration_seconds: duration, source, success }, 1);
  if (!success) return;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const processing = rounded(chance.spread(0.8 + duration * 0.04, 0.4));
    if (!chance.happens(release.bad ? 0.12 : 0.04)) {
      add(
        'transcription_completed',
        {
          audio_duration_seconds: duration,
          processing_time_seconds: processing,
          source,
          success: true,
          estimated_cost_usd: estimateTranscriptionCost(duration),
        },
        processing + chance.integer(10, 240),
      );
      return;
    }
    const errorType = chance.pick(ERROR_TYPES);
    add(
      'transcription_failed',
      { error_type: errorType, source, processing_time_seconds: processing },
      processing,
    );
    if (!chance.happens(0.7)) return;
    add('retry_attempted', { source, error_type: errorType }, 2);
  }
}

/** Milliseconds are enough for a duration in seconds. */
function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
