/** One event from outside: its fields, its catalogue, its privacy; then the row to store. */
import * as z from 'zod/mini';

import { type CompiledCatalogue, firstIssue } from '../../lib/record/catalogue.ts';
import { eventSchema } from '../../lib/record/event.ts';
import { redactProperties } from '../../lib/record/redact.ts';
import { type RequestClock, correctedTime } from './clock.ts';
import { redactName, redactVersion } from './names.ts';
import { storableJson } from './storable.ts';
import type { RecordCheck, Row } from './submission.ts';

export interface EventRow extends Row {
  session_id: string | null;
  event: string;
  app_version: string;
  platform: string;
  country: string | null;
  environment: string;
  /** JSON. */
  properties: string;
}

/** Properties are the catalogue's business: it strips those it does not know, whatever they hold. */
const fieldsSchema = z.extend(eventSchema, { properties: z.record(z.string(), z.unknown()) });

export function checkEvent(
  record: unknown,
  catalogue: CompiledCatalogue,
  clock: RequestClock,
): RecordCheck<EventRow> {
  const fields = fieldsSchema.safeParse(record);
  if (!fields.success) return { ok: false, code: 'invalid_event', message: firstIssue(fields.error.issues) };
  const event = fields.data;
  const checked = catalogue.check(event.event, event.properties);
  if (!checked.ok) {
    // An event that no catalogue describes still has to be an event before it is an unknown one.
    const flat = checked.code === 'unknown_event' ? eventSchema.safeParse(record) : null;
    if (flat && !flat.success) {
      return { ok: false, code: 'invalid_event', message: firstIssue(flat.error.issues) };
    }
    return checked;
  }
  const time = correctedTime(event.timestamp, clock);
  return {
    ok: true,
    time,
    stripped: checked.stripped,
    row: {
      user_id: event.user_id,
      event_id: event.event_id,
      timestamp: new Date(time).toISOString(),
      session_id: event.session_id ?? null,
      event: event.event,
      app_version: redactVersion(event.app_version),
      platform: redactName(event.platform),
      country: event.country ?? null,
      environment: event.environment ?? 'production',
      properties: storableJson(redactProperties(checked.properties)),
    },
  };
}
