/** Random populations for the property tests: few users, sessions and moments, so that everything collides. */
import * as fc from 'fast-check';

import type { Question } from '../../../reference/reference.ts';

const pick = <const T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const uuid = (kind: string, n: number): string => `${kind.repeat(8)}-0000-4000-8000-00000000000${n}`;

export const USERS = [uuid('0', 0), uuid('0', 1), uuid('a', 2), uuid('a', 3)];
const SESSIONS = [0, 1, 2, 3].map((n) => uuid('b', n));
const EVENT_IDS = Array.from(
  { length: 60 },
  (_, n) => `cccccccc-0000-4000-8000-0000000000${String(n).padStart(2, '0')}`,
);

/** Around the turn of a leap year's February, with weeks and months on both sides. */
const FIRST = Date.parse('2024-01-20');
const SPAN_DAYS = 110;
const TIMES = [0, 1, 43_200_000, 43_200_000, 43_200_001, 86_399_999];

export const day = fc
  .oneof(fc.integer({ min: 0, max: SPAN_DAYS }), fc.integer({ min: 38, max: 44 }))
  .map((days) => new Date(FIRST + days * 86_400_000).toISOString().slice(0, 10));
const timestamp = fc
  .tuple(day, pick(...TIMES))
  .map(([date, time]) => new Date(Date.parse(date) + time).toISOString());

const amount = fc.oneof(
  pick(0, 0.1, 0.2, 1.5, 60, 3600),
  fc.integer({ min: 0, max: 1_000_000 }).map((thousandths) => thousandths / 1000),
);
const source = pick('widget', 'main_window');
const optional = { requiredKeys: [] };

const usage = fc.oneof(
  fc.record({
    event: fc.constant('app_opened'),
    properties: fc.record({ startup_time_seconds: amount }, optional),
  }),
  fc.record({ event: fc.constant('recording_started'), properties: fc.record({ source }, optional) }),
  fc.record({
    event: fc.constant('recording_completed'),
    properties: fc.record(
      {
        audio_duration_seconds: amount,
        source,
        success: fc.boolean(),
        processing_time_seconds: amount,
        estimated_cost_usd: amount,
      },
      { requiredKeys: ['audio_duration_seconds', 'source', 'success'] },
    ),
  }),
  fc.record({
    event: fc.constant('transcription_completed'),
    properties: fc.record(
      {
        audio_duration_seconds: amount,
        processing_time_seconds: amount,
        source,
        success: fc.boolean(),
        estimated_cost_usd: amount,
      },
      { requiredKeys: ['audio_duration_seconds', 'processing_time_seconds'] },
    ),
  }),
  fc.record({
    event: fc.constant('transcription_failed'),
    properties: fc.record(
      {
        error_type: pick('timeout', 'network', 'unknown'),
        source,
        success: fc.boolean(),
        processing_time_seconds: amount,
      },
      optional,
    ),
  }),
  fc.record({
    event: fc.constant('feature_toggled'),
    properties: fc.record({ feature: fc.constant('auto_paste'), enabled: fc.boolean() }),
  }),
  fc.record({ event: fc.constant('retry_attempted'), properties: fc.record({ source }, optional) }),
  fc.record({
    event: fc.constant('dictionary_used'),
    properties: fc.record({ count: fc.integer({ min: 1, max: 9 }) }),
  }),
);

const common = {
  event_id: pick(...EVENT_IDS),
  user_id: pick(...USERS),
  session_id: pick(...SESSIONS, null),
  timestamp,
  app_version: pick('1.0.0', '1.10.0', 'B', 'a', ''),
  platform: pick('macOS 14.6', 'Windows 11', ''),
  country: pick('DE', 'FR', null),
  environment: pick('production', 'production', 'development', null),
};

export const event = fc.tuple(fc.record(common), usage).map(merge);

function merge<A, B>([shared, own]: [A, B]): A & B {
  return { ...shared, ...own };
}

export const crash = fc.record({
  ...common,
  platform: pick('macOS 14.6', 'Windows 11', '', null),
  os_version: pick('macOS 14.6', 'Windows 11', '', null),
  crash_type: pick('main_crash', 'renderer_crash', 'handled_error', 'native_crash'),
  error_message: fc.constant('failed'),
});

export type Action =
  | { do: 'post'; events: Record<string, unknown>[]; crashes: Record<string, unknown>[] }
  | { do: 'repeat'; back: number }
  | { do: 'aggregate'; marks: number }
  | { do: 'erase'; user: string }
  | { do: 'retain'; from: string }
  /** At the same time. */
  | { do: 'race'; actions: Action[] };

const post = fc.record({
  do: fc.constant('post' as const),
  events: fc.array(event, { maxLength: 12 }),
  crashes: fc.array(crash, { maxLength: 4 }),
});
const simple: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: post },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('repeat' as const), back: fc.nat({ max: 5 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('aggregate' as const), marks: fc.integer({ min: 1, max: 9 }) }),
  },
);
const erase = fc.record({ do: fc.constant('erase' as const), user: pick(...USERS) });

export const actions: fc.Arbitrary<Action[]> = fc.array(
  fc.oneof(
    { weight: 10, arbitrary: simple },
    { weight: 1, arbitrary: erase },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('retain' as const), from: day }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('race' as const),
        actions: fc.array(fc.oneof({ weight: 8, arbitrary: simple }, { weight: 1, arbitrary: erase }), {
          minLength: 2,
          maxLength: 5,
        }),
      }),
    },
  ),
  { minLength: 1, maxLength: 10 },
);

const some = <T>(values: T[]): fc.Arbitrary<T[]> =>
  fc.uniqueArray(pick(...values), { minLength: 1, maxLength: 2 });

const filters = fc.oneof(
  // Alone they are answered from rollups of their own.
  fc.record({ environment: some(['production', 'development']) }, optional),
  fc.record(
    {
      app_version: some(['1.0.0', '1.10.0', 'B', 'none']),
      platform: some(['macOS 14.6', 'Windows 11', 'none']),
      country: some(['DE', 'FR', 'XX']),
      environment: fc.oneof(some(['production', 'development']), fc.constant(null)),
    },
    optional,
  ),
);
export const question = fc
  .tuple(fc.record({ days: fc.tuple(day, day) }), filters)
  .map(merge)
  .map(putInOrder);

function putInOrder({
  days,
  ...filters
}: Omit<Question, 'from' | 'to'> & { days: [string, string] }): Question {
  const [from, to] = days.toSorted() as [string, string];
  return { from, to, ...filters };
}

export const funnel = fc.record({
  steps: fc.array(pick('app_opened', 'recording_started', 'recording_completed', 'retry_attempted'), {
    minLength: 2,
    maxLength: 4,
  }),
  windowDays: pick(1, 7, 90),
});
