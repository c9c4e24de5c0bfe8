/** The API's shapes as JSON Schema, made from the schemas that check the data. */
import * as z from 'zod/mini';

import { verdictSchema } from '../../lib/record/batch.ts';
import { crashSchema } from '../../lib/record/crash.ts';
import { eventSchema } from '../../lib/record/event.ts';
import { timestamp, uuid } from '../../lib/record/fields.ts';
import { MAX_CRASHES_PER_BATCH, MAX_EVENTS_PER_BATCH } from '../../lib/record/limits.ts';
import { API_ERRORS } from '../errors.ts';

const envelope = {
  sent_at: z.optional(timestamp),
  dropped: z.optional(z.record(z.string(), z.int().check(z.gte(0)))),
  user_id: z.optional(uuid),
};

const count = z.int().check(z.gte(0));
const SHAPES = {
  Event: eventSchema,
  Crash: crashSchema,
  TrackBody: z.object({
    ...envelope,
    events: z.array(eventSchema).check(z.minLength(1), z.maxLength(MAX_EVENTS_PER_BATCH)),
  }),
  CrashBody: z.object({
    ...envelope,
    crashes: z.array(crashSchema).check(z.minLength(1), z.maxLength(MAX_CRASHES_PER_BATCH)),
  }),
  Verdict: verdictSchema,
  UserData: z.object({ user_id: uuid, events: z.array(eventSchema), crashes: z.array(crashSchema) }),
  Erasure: z.object({ deleted: z.object({ events: count, crashes: count }) }),
  Health: z.object({
    status: z.enum(['ok', 'unavailable']),
    database: z.enum(['ok', 'away']),
    version: z.string(),
    seconds_since_aggregate: z.optional(z.nullable(count)),
  }),
  Error: z.object({
    error: z.object({ code: z.enum(Object.keys(API_ERRORS) as [string, ...string[]]), message: z.string() }),
  }),
} as const;

export type ShapeName = keyof typeof SHAPES;

export function reference(name: ShapeName): { $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}

export function allSchemas(): Record<ShapeName, unknown> {
  const convert = (shape: z.ZodMiniType): unknown => {
    const { $schema: _dialect, ...schema } = z.toJSONSchema(shape, { io: 'input' });
    return schema;
  };
  return Object.fromEntries(Object.entries(SHAPES).map(([name, shape]) => [name, convert(shape)])) as Record<
    ShapeName,
    unknown
  >;
}
