/** Field types that events and crashes share. */
import * as z from 'zod/mini';

import { boundedString } from './bounded-text.ts';
import { ENVIRONMENTS } from './environment.ts';
import { MAX_APP_VERSION_LENGTH, MAX_PLATFORM_LENGTH } from './limits.ts';

/** Any UUID version, upper or lower case: foreign clients make them too. Kept in lower case. */
export const uuid = z.guid('expected a UUID').check(z.toLowerCase());

/**
 * RFC 3339 with a time zone. Years 0001 to 9999, what both JavaScript and PostgreSQL can hold.
 * Kept as the client wrote it; `Date.parse` understands every accepted form.
 */
export const timestamp = z.string().check(
  z.refine((text: string) => RFC_3339.test(text) && !Number.isNaN(Date.parse(text)) && isDay(text), {
    error: 'expected an RFC 3339 time, such as 2026-06-01T10:00:00.000Z',
  }),
);
const RFC_3339 = /^\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

/** V8 takes 31 February for 3 March. */
function isDay(text: string): boolean {
  return new Date(`${text.slice(0, 10)}T00:00:00Z`).getUTCDate() === Number(text.slice(8, 10));
}

/** ISO 3166-1 alpha-2. */
export const country = z.string().check(z.regex(/^[A-Z]{2}$/, 'expected two capital letters'));

export const appVersion = boundedString(MAX_APP_VERSION_LENGTH);
export const platform = boundedString(MAX_PLATFORM_LENGTH);
export const environment = z.enum(ENVIRONMENTS);

/** Optional on the wire, where null means the same as absent. */
export function maybe<T extends z.ZodMiniType>(schema: T): z.ZodMiniOptional<z.ZodMiniNullable<T>> {
  return z.optional(z.nullable(schema));
}
