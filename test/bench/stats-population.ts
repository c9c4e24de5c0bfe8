/**
 * A made population for the figures' benchmark, the same from the same seed. Its shape, in words: people come
 * over the whole year, stay for an exponential time, and use the app on 4 % to 54 % of their days, about eight
 * events each time in one or two sessions, now and then over midnight; eight versions that people take up over
 * three weeks each, six platforms, thirty countries (3 % have none), 2 % of the people in development, 15 % of
 * events with a processing time in milliseconds, three crashes in a thousand events.
 */
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export const DAYS = 365;
export const FIRST_DAY = '2025-06-01';
export const LAST_DAY = '2026-05-31';

const DAY_MS = 86_400_000;
const START = Date.parse(FIRST_DAY);
export const VERSIONS = ['1.0.0', '1.0.1', '1.1.0', '1.2.0', '1.2.1', '1.3.0', '2.0.0', '2.1.0'];
export const PLATFORMS = [
  'macOS 14.6',
  'macOS 15.1',
  'Windows 10',
  'Windows 11',
  'Ubuntu 24.04',
  'Fedora 41',
];
export const COUNTRIES =
  'US DE GB FR ES IT NL PL SE NO DK FI IE PT AT CH BE CZ CA MX BR AR IN JP KR AU NZ ZA TR UA'.split(' ');
const DAYS_BETWEEN_VERSIONS = DAYS / VERSIONS.length;
const ERROR_TYPES = ['timeout', 'network', 'rate_limited', 'invalid_audio', 'quota', 'unknown'];

/** Draws of one user, or of one user's day. */
class Draws {
  readonly #generator;
  constructor(...seed: number[]) {
    this.#generator = xoroshiro128plus(
      seed.reduce((hash, part) => (Math.imul(hash, 0x9e37_79b1) ^ part) | 0, 17),
    );
    // The first draws of neighbouring seeds resemble each other.
    for (let i = 0; i < 8; i += 1) uniformInt(this.#generator, 0, 0xffff);
  }
  /** From 0 to `below`, an integer. */
  below(below: number): number {
    return uniformInt(this.#generator, 0, below - 1);
  }
  /** From 0 to 1. */
  share(): number {
    return this.below(2 ** 30) / 2 ** 30;
  }
  hex(digits: number): string {
    let text = '';
    while (text.length < digits)
      text += this.below(2 ** 24)
        .toString(16)
        .padStart(6, '0');
    return text.slice(0, digits);
  }
}

export interface Person {
  userId: string;
  activeDays: number[];
  platform: string;
  country: string | null;
  environment: 'production' | 'development';
  /** Days until a new version is taken up. */
  updateDelay: number;
}

export function makePerson(index: number): Person {
  const draws = new Draws(index, 1);
  const firstDay = draws.below(DAYS);
  const lastDay = Math.min(DAYS - 1, firstDay + Math.floor(-105 * Math.log(1 - draws.share())));
  const habit = 0.04 + 0.5 * draws.share() ** 3;
  const activeDays = [firstDay];
  for (let day = firstDay + 1; day <= lastDay; day += 1) if (draws.share() < habit) activeDays.push(day);
  return {
    userId: `${draws.hex(8)}-${draws.hex(4)}-4${draws.hex(3)}-a${draws.hex(3)}-${draws.hex(12)}`,
    activeDays,
    platform: PLATFORMS[draws.below(PLATFORMS.length)]!,
    // Squared: a few large countries and many small ones.
    country: draws.share() < 0.03 ? null : COUNTRIES[Math.floor(COUNTRIES.length * draws.share() ** 2)]!,
    environment: draws.share() < 0.02 ? 'development' : 'production',
    updateDelay: draws.below(21),
  };
}

export interface MadeEvent {
  event_id: string;
  session_id: string;
  timestamp: string;
  event: string;
  properties: string;
  app_version: string;
}
export interface MadeCrash extends Omit<MadeEvent, 'event' | 'properties'> {
  crash_type: string;
}

/** What a person did on one of the active days, in order of time. */
export function makeDay(
  index: number,
  person: Person,
  day: number,
): { events: MadeEvent[]; crashes: MadeCrash[] } {
  const draws = new Draws(index, 2, day);
  const released = Math.floor(Math.max(0, day - person.updateDelay) / DAYS_BETWEEN_VERSIONS);
  const version = VERSIONS[Math.min(VERSIONS.length - 1, released)]!;
  const events: MadeEvent[] = [];
  const crashes: MadeCrash[] = [];
  const sessions = draws.share() < 0.3 ? 2 : 1;
  for (let session = 0; session < sessions; session += 1) {
    const id = `${draws.hex(8)}-${draws.hex(4)}-4${draws.hex(3)}-b${draws.hex(3)}-${draws.hex(12)}`;
    let at = START + day * DAY_MS + draws.below(DAY_MS);
    const stamp = () => {
      const time = at.toString(16).padStart(12, '0');
      return {
        event_id: `${time.slice(0, 8)}-${time.slice(8)}-7${draws.hex(3)}-8${draws.hex(3)}-${draws.hex(12)}`,
        session_id: id,
        timestamp: new Date(at).toISOString(),
        app_version: version,
      };
    };
    const count = 1 + draws.below(session === 0 ? 12 : 8);
    for (let i = 0; i < count; i += 1) {
      const [event, properties] = i === 0 ? opened(draws) : makeEvent(draws);
      events.push({ ...stamp(), event, properties: JSON.stringify(properties) });
      if (draws.below(1000) < 3)
        crashes.push({ ...stamp(), crash_type: draws.below(2) ? 'main_crash' : 'renderer_crash' });
      at += 500 + draws.below(180_000);
    }
  }
  return { events, crashes };
}

type Made = [event: string, properties: Record<string, unknown>];

const milliseconds = (draws: Draws, most: number): number => draws.below(most * 1000) / 1000;
const source = (draws: Draws): string => (draws.below(3) ? 'widget' : 'main_window');

function opened(draws: Draws): Made {
  return ['app_opened', { startup_time_seconds: 0.3 + milliseconds(draws, 3) }];
}

function makeEvent(draws: Draws): Made {
  const pick = draws.below(100);
  const seconds = milliseconds(draws, 300);
  if (pick < 33) return ['recording_started', { source: source(draws) }];
  if (pick < 66) {
    return [
      'recording_completed',
      { audio_duration_seconds: seconds, source: source(draws), success: draws.below(50) > 0 },
    ];
  }
  if (pick < 83) {
    return [
      'transcription_completed',
      {
        audio_duration_seconds: seconds,
        processing_time_seconds: milliseconds(draws, 20),
        source: source(draws),
        success: true,
        estimated_cost_usd: (seconds / 60) * 0.006,
      },
    ];
  }
  if (pick < 86) {
    const error_type = ERROR_TYPES[draws.below(ERROR_TYPES.length)]!;
    return ['transcription_failed', { error_type, processing_time_seconds: milliseconds(draws, 30) }];
  }
  if (pick < 92) return ['dictionary_used', { count: 1 + draws.below(5) }];
  if (pick < 98) return ['retry_attempted', { source: source(draws) }];
  return ['feature_toggled', { feature: 'auto_paste', enabled: draws.below(2) === 1 }];
}
