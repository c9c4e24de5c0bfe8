/**
 * The catalogue: the events that an app may send, each with its typed properties. Plain data, so
 * that the server can read the same one from a JSON file; compiled here to one check for both ends.
 */
// The core of zod: `zod/mini` would be a fifth more to load at the app's start, for the same checks.
import * as z from 'zod/v4/core';

import { codePointLength } from './bounded-text.ts';
import { findCatalogueFault, quoteName } from './catalogue-fault.ts';
import { RoostError } from './errors.ts';
import type { Properties, PropertyValue } from './event.ts';
import { MAX_PROPERTY_STRING_LENGTH } from './limits.ts';

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

/**
 * Checks plain data to be a catalogue and returns it unchanged, with its literal types.
 * Throws `RoostError` `invalid_catalogue`, naming the event and property.
 */
export function defineCatalogue<const C extends Catalogue>(catalogue: C): C {
  const fault = findCatalogueFault(catalogue);
  if (fault !== null) throw new RoostError('invalid_catalogue', fault);
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

/**
 * Compiles a catalogue to zod, each event once, when it first comes: an app's start has none yet. Checking an event
 * afterwards costs a few microseconds.
 */
export function compileCatalogue(catalogue: Catalogue): CompiledCatalogue {
  const definitions = new Map(Object.entries(catalogue));
  const schemas = new Map<string, z.$ZodObject>();
  const schemaOf = (event: string): z.$ZodObject | undefined => {
    const definition = definitions.get(event);
    if (definition && !schemas.has(event)) schemas.set(event, compileProperties(definition));
    return schemas.get(event);
  };
  return {
    catalogue,
    check(event, properties) {
      const schema = schemaOf(event);
      if (!schema)
        return {
          ok: false,
          code: 'unknown_event',
          message: `event: ${quoteName(event)} is not in the catalogue`,
        };
      const given = properties ?? {};
      const result = z.safeParse(schema, given);
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

function compileProperties({ properties }: EventDefinition): z.$ZodObject {
  const shape: Record<string, z.$ZodType> = {};
  for (const [property, definition] of Object.entries(properties)) {
    const schema = compileProperty(definition);
    shape[property] = definition.required
      ? schema
      : new z.$ZodOptional({ type: 'optional', innerType: schema });
  }
  return new z.$ZodObject({ type: 'object', shape });
}

function compileProperty(definition: PropertyDefinition): z.$ZodType {
  switch (definition.type) {
    case 'boolean':
      return new z.$ZodBoolean({ type: 'boolean', error: () => 'expected boolean' });
    case 'enum': {
      const entries = Object.fromEntries(definition.values.map((value) => [value, value]));
      const error = (): string => `expected one of ${definition.values.join(', ')}`;
      return new z.$ZodEnum({ type: 'enum', entries, error });
    }
    case 'string': {
      const { maxLength = MAX_PROPERTY_STRING_LENGTH } = definition;
      const isShort = (text: string): boolean =>
        text.length <= maxLength || codePointLength(text) <= maxLength;
      const check = checkBy(isShort, `expected at most ${maxLength} characters`);
      return new z.$ZodString({ type: 'string', checks: [check] });
    }
    default: {
      const { type, min, max } = definition;
      const checks = [];
      if (type === 'integer') checks.push(checkBy(Number.isInteger, 'expected integer'));
      if (min !== undefined)
        checks.push(checkBy((value: number) => value >= min, `expected at least ${min}`));
      if (max !== undefined) checks.push(checkBy((value: number) => value <= max, `expected at most ${max}`));
      return new z.$ZodNumber({ type: 'number', error: () => 'expected number', checks });
    }
  }
}

function checkBy<T>(isRight: (value: T) => boolean, expected: string): z.$ZodCheck<T> {
  const fn = isRight as (value: unknown) => boolean;
  return new z.$ZodCustom({ type: 'custom', check: 'custom', fn, error: () => expected });
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
  const path = [root, ...issue.path.map((part) => quoteName(String(part)))].filter(Boolean).join('.');
  const expected =
    issue.code === 'invalid_type' && issue.expected ? `expected ${String(issue.expected)}` : issue.message;
  return `${path || 'body'}: ${expected}`;
}
