/**
 * The catalogue: the events that an app may send, each with its typed properties. Plain data, so
 * that the server can read the same one from a JSON file; compiled here to one check for both ends.
 */
import * as z from 'zod/mini';

import { RoostError } from './errors.ts';
import type { Properties, PropertyValue } from './event.ts';
import { boundedString } from './fields.ts';
import { EVENT_NAME_PATTERN, MAX_PROPERTY_STRING_LENGTH } from './limits.ts';

export interface NumberProperty {
  type: 'number' | 'integer';
  required?: boolean;
  /** Inclusive. Default: none. */
  min?: number;
  /** Inclusive. Default: none. */
  max?: number;
}
export interface BooleanProperty {
  type: 'boolean';
  required?: boolean;
}
export interface StringProperty {
  type: 'string';
  required?: boolean;
  /** Code points, 1 to 200. Default 200. */
  maxLength?: number;
}
export interface EnumProperty {
  type: 'enum';
  required?: boolean;
  /** At least one. */
  values: readonly string[];
}
export type PropertyDefinition = NumberProperty | BooleanProperty | StringProperty | EnumProperty;

export interface EventDefinition {
  /** Why it is collected, for the people it is collected from. */
  purpose: string;
  properties: Readonly<Record<string, PropertyDefinition>>;
}
export type Catalogue = Readonly<Record<string, EventDefinition>>;

type ValueOf<P> = P extends { type: 'enum'; values: readonly (infer V)[] }
  ? V
  : P extends { type: 'boolean' }
    ? boolean
    : P extends { type: 'string' }
      ? string
      : number;
type RequiredKeys<T> = { [K in keyof T]: T[K] extends { required: true } ? K : never }[keyof T];
type Flatten<T> = { [K in keyof T]: T[K] };

export type EventName<C extends Catalogue> = keyof C & string;

/** The properties that `track` takes for an event, from the catalogue, at compile time. */
export type EventProperties<C extends Catalogue, N extends EventName<C>> = Flatten<
  { [K in RequiredKeys<C[N]['properties']>]: ValueOf<C[N]['properties'][K]> } & {
    [K in Exclude<keyof C[N]['properties'], RequiredKeys<C[N]['properties']>>]?:
      ValueOf<C[N]['properties'][K]> | undefined;
  }
>;

/** The arguments after the name: properties may be left out where none is required. */
export type TrackArguments<C extends Catalogue, N extends EventName<C>> = [
  RequiredKeys<C[N]['properties']>,
] extends [never]
  ? [properties?: EventProperties<C, N>]
  : [properties: EventProperties<C, N>];

const propertyDefinition = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.enum(['number', 'integer']),
    required: z.optional(z.boolean()),
    min: z.optional(z.number()),
    max: z.optional(z.number()),
  }),
  z.strictObject({ type: z.literal('boolean'), required: z.optional(z.boolean()) }),
  z.strictObject({
    type: z.literal('string'),
    required: z.optional(z.boolean()),
    maxLength: z.optional(z.int().check(z.gte(1), z.lte(MAX_PROPERTY_STRING_LENGTH))),
  }),
  z.strictObject({
    type: z.literal('enum'),
    required: z.optional(z.boolean()),
    values: z.array(boundedString(MAX_PROPERTY_STRING_LENGTH)).check(z.minLength(1)),
  }),
]);
const name = z.string().check(z.regex(EVENT_NAME_PATTERN, 'expected a name such as recording_completed'));
const catalogueSchema = z.record(
  name,
  z.strictObject({
    purpose: z.string().check(z.minLength(1)),
    properties: z.record(name, propertyDefinition),
  }),
);

/**
 * Checks plain data to be a catalogue and returns it unchanged, with its literal types.
 * Throws `RoostError` `invalid_catalogue`, naming the event and property.
 */
export function defineCatalogue<const C extends Catalogue>(catalogue: C): C {
  const result = catalogueSchema.safeParse(catalogue);
  if (!result.success)
    throw new RoostError('invalid_catalogue', firstIssue(result.error.issues, 'catalogue'));
  for (const [event, { properties }] of Object.entries(catalogue)) {
    for (const [property, definition] of Object.entries(properties)) {
      const { min, max } = definition as NumberProperty;
      if (min !== undefined && max !== undefined && min > max) {
        throw new RoostError(
          'invalid_catalogue',
          `catalogue.${event}.properties.${property}: min is over max`,
        );
      }
    }
  }
  return catalogue;
}

export type EventCheck =
  | { ok: true; properties: Properties; /** How many unknown properties were left out. */ stripped: number }
  | { ok: false; code: 'unknown_event' | 'invalid_event'; message: string };

export interface CompiledCatalogue {
  readonly catalogue: Catalogue;
  /**
   * Checks an event's name and properties against the catalogue. Properties that are `undefined`
   * count as absent; unknown ones are stripped, whatever they hold.
   */
  check(event: string, properties: unknown): EventCheck;
}

/** Compiles a catalogue to zod, once; checking an event afterwards costs a few microseconds. */
export function compileCatalogue(catalogue: Catalogue): CompiledCatalogue {
  const schemas = new Map(
    Object.entries(catalogue).map(([event, definition]) => [event, compileProperties(definition)] as const),
  );
  return {
    catalogue,
    check(event, properties) {
      const schema = schemas.get(event);
      if (!schema)
        return {
          ok: false,
          code: 'unknown_event',
          message: `event: ${quote(event)} is not in the catalogue`,
        };
      const given = properties ?? {};
      const result = schema.safeParse(given);
      if (!result.success) {
        return { ok: false, code: 'invalid_event', message: firstIssue(result.error.issues, 'properties') };
      }
      const kept: Properties = {};
      let count = 0;
      for (const [key, value] of Object.entries(result.data)) {
        if (value === undefined) continue;
        kept[key] = value as PropertyValue;
        count += 1;
      }
      let present = 0;
      for (const value of Object.values(given)) if (value !== undefined) present += 1;
      return { ok: true, properties: kept, stripped: present - count };
    },
  };
}

function compileProperties({ properties }: EventDefinition): z.ZodMiniObject {
  const shape: Record<string, z.ZodMiniType> = {};
  for (const [property, definition] of Object.entries(properties)) {
    const schema = compileProperty(definition);
    shape[property] = definition.required ? schema : z.optional(schema);
  }
  return z.object(shape);
}

function compileProperty(definition: PropertyDefinition): z.ZodMiniType {
  switch (definition.type) {
    case 'boolean':
      return z.boolean('expected boolean');
    case 'enum':
      return z.enum(
        definition.values as [string, ...string[]],
        `expected one of ${definition.values.join(', ')}`,
      );
    case 'string':
      return boundedString(definition.maxLength ?? MAX_PROPERTY_STRING_LENGTH);
    default: {
      const checks = [];
      if (definition.type === 'integer') {
        checks.push(z.refine((value: unknown) => Number.isInteger(value), { error: 'expected integer' }));
      }
      if (definition.min !== undefined)
        checks.push(z.gte(definition.min, `expected at least ${definition.min}`));
      if (definition.max !== undefined)
        checks.push(z.lte(definition.max, `expected at most ${definition.max}`));
      return z.number('expected number').check(...checks);
    }
  }
}

interface Issue {
  readonly code?: string;
  readonly path: PropertyKey[];
  readonly message: string;
  readonly expected?: unknown;
}

/**
 * The first problem as `path: what was expected`, such as
 * `properties.audio_duration_seconds: expected number`. Never holds the value, which may be private.
 */
export function firstIssue(issues: readonly Issue[], root = ''): string {
  const issue = issues[0];
  if (!issue) return root || 'invalid';
  const path = [root, ...issue.path.map((part) => quote(String(part)))].filter(Boolean).join('.');
  const expected =
    issue.code === 'invalid_type' && issue.expected ? `expected ${String(issue.expected)}` : issue.message;
  return `${path || 'body'}: ${expected}`;
}

/** A name from outside, bounded and without control characters, fit for a message or a log line. */
function quote(text: string): string {
  return /^[\w.-]{1,64}$/.test(text) ? text : JSON.stringify(text.slice(0, 64));
}
