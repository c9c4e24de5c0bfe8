/**
 * What is wrong with a catalogue. By hand and not by zod: a catalogue is checked while the app starts, and the schemas
 * for it would cost more than all that is checked by them afterwards.
 */
import { EVENT_NAME_PATTERN, MAX_PROPERTY_STRING_LENGTH } from './limits.ts';

/** Keys that a property of each type may have, beside `type` and `required`. */
const KEYS_OF_TYPE: Readonly<Record<string, readonly string[] | undefined>> = {
  number: ['min', 'max'],
  integer: ['min', 'max'],
  boolean: [],
  string: ['maxLength'],
  enum: ['values'],
};

/** The first fault as `path: what was expected`, null where there is none. Never holds a value, which may be private. */
export function findCatalogueFault(catalogue: unknown): string | null {
  return faultOfEach('catalogue', catalogue, (path, definition) => {
    if (!isObject(definition)) return `${path}: expected object`;
    const { purpose, properties } = definition;
    if (typeof purpose !== 'string' || !purpose) return `${path}.purpose: expected a text`;
    return (
      faultOfKeys(path, definition, ['purpose', 'properties']) ??
      faultOfEach(`${path}.properties`, properties, faultOfProperty)
    );
  });
}

function faultOfEach(
  path: string,
  entries: unknown,
  faultOf: (path: string, entry: unknown) => string | null,
): string | null {
  if (!isObject(entries)) return `${path}: expected object`;
  for (const [name, entry] of Object.entries(entries)) {
    const entryPath = `${path}.${quoteName(name)}`;
    if (!EVENT_NAME_PATTERN.test(name)) return `${entryPath}: expected a name such as recording_completed`;
    const fault = faultOf(entryPath, entry);
    if (fault) return fault;
  }
  return null;
}

function faultOfProperty(path: string, definition: unknown): string | null {
  if (!isObject(definition)) return `${path}: expected object`;
  const { type, required, min, max, maxLength, values } = definition;
  const keys = typeof type === 'string' && Object.hasOwn(KEYS_OF_TYPE, type) ? KEYS_OF_TYPE[type] : undefined;
  if (!keys) return `${path}.type: expected one of ${Object.keys(KEYS_OF_TYPE).join(', ')}`;
  const unknownKey = faultOfKeys(path, definition, ['type', 'required', ...keys]);
  if (unknownKey) return unknownKey;
  if (required !== undefined && typeof required !== 'boolean') return `${path}.required: expected boolean`;
  if (min !== undefined && !Number.isFinite(min)) return `${path}.min: expected number`;
  if (max !== undefined && !Number.isFinite(max)) return `${path}.max: expected number`;
  if (typeof min === 'number' && typeof max === 'number' && min > max) return `${path}: min is over max`;
  if (maxLength !== undefined && !isLength(maxLength)) {
    return `${path}.maxLength: expected an integer from 1 to ${MAX_PROPERTY_STRING_LENGTH}`;
  }
  if (type === 'enum' && !isChoice(values)) {
    return `${path}.values: expected one text or more, each of at most ${MAX_PROPERTY_STRING_LENGTH} characters`;
  }
  return null;
}

function faultOfKeys(path: string, given: object, known: readonly string[]): string | null {
  const unknownKey = Object.keys(given).find((key) => !known.includes(key));
  return unknownKey === undefined ? null : `${path}: ${quoteName(unknownKey)} is not known here`;
}

function isLength(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_PROPERTY_STRING_LENGTH;
}

function isChoice(values: unknown): boolean {
  return (
    Array.isArray(values) &&
    values.length > 0 &&
    values.every(
      (value) => typeof value === 'string' && Array.from(value).length <= MAX_PROPERTY_STRING_LENGTH,
    )
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A name from outside, bounded and without control characters, fit for a message or a log line. */
export function quoteName(text: string): string {
  return /^[\w.-]{1,64}$/.test(text) ? text : JSON.stringify(text.slice(0, 64));
}
