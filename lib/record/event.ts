/** One usage fact as it travels and is stored (docs/glossary.md: event). */
import * as z from 'zod/mini';

import { boundedString } from './bounded-text.ts';
import { appVersion, country, environment, maybe, platform, timestamp, uuid } from './fields.ts';
import { EVENT_NAME_PATTERN, MAX_PROPERTIES, MAX_PROPERTY_STRING_LENGTH } from './limits.ts';

/** Property values are flat, so that a chart can use each. */
export type PropertyValue = string | number | boolean;
export type Properties = Record<string, PropertyValue>;

const propertyValue = z.union([boundedString(MAX_PROPERTY_STRING_LENGTH), z.number(), z.boolean()], {
  error: `expected a string of at most ${MAX_PROPERTY_STRING_LENGTH} characters, a finite number or a boolean`,
});

export const eventSchema = z.object({
  event_id: uuid,
  user_id: uuid,
  session_id: maybe(uuid),
  timestamp,
  event: z.string().check(z.regex(EVENT_NAME_PATTERN, 'expected a name such as recording_completed')),
  properties: z.record(z.string(), propertyValue).check(
    z.refine((properties) => Object.keys(properties).length <= MAX_PROPERTIES, {
      error: `expected at most ${MAX_PROPERTIES} properties`,
    }),
  ),
  app_version: appVersion,
  platform,
  country: maybe(country),
  environment: maybe(environment),
});

/** `timestamp` is the moment of capture; fields that are null or absent are unknown. */
export type EventRecord = z.infer<typeof eventSchema>;
