/** One crash from outside: its fields, its privacy, its length; then the row to store. */
import { boundCrash } from '../../lib/record/bound-crash.ts';
import { firstIssue } from '../../lib/record/catalogue.ts';
import { crashSchema } from '../../lib/record/crash.ts';
import { fingerprint } from '../../lib/record/fingerprint.ts';
import { type RequestClock, correctedTime } from './clock.ts';
import { redactName, redactVersion } from './names.ts';
import { storableJson, storableText } from './storable.ts';
import type { RecordCheck, Row } from './submission.ts';

export interface CrashRow extends Row {
  session_id: string | null;
  crash_type: string;
  app_version: string;
  os_version: string | null;
  platform: string | null;
  country: string | null;
  environment: string;
  fingerprint: string;
  title: string;
  error_message: string;
  stack_trace: string | null;
  /** JSON. */
  context: string | null;
}

export function checkCrash(record: unknown, clock: RequestClock): RecordCheck<CrashRow> {
  const fields = crashSchema.safeParse(record);
  if (!fields.success) return { ok: false, code: 'invalid_crash', message: firstIssue(fields.error.issues) };
  const crash = boundCrash(fields.data);
  const group = fingerprint(crash);
  const time = correctedTime(crash.timestamp, clock);
  const { context, os_version: osVersion, platform, stack_trace: stack } = crash;
  return {
    ok: true,
    time,
    stripped: 0,
    row: {
      user_id: crash.user_id,
      event_id: crash.event_id,
      timestamp: new Date(time).toISOString(),
      session_id: crash.session_id ?? null,
      crash_type: crash.crash_type,
      app_version: redactVersion(crash.app_version),
      os_version: osVersion == null ? null : redactName(osVersion),
      platform: platform == null ? null : redactName(platform),
      country: crash.country ?? null,
      environment: crash.environment ?? 'production',
      fingerprint: storableText(group.fingerprint),
      title: storableText(group.title),
      error_message: storableText(crash.error_message),
      stack_trace: stack == null ? null : storableText(stack),
      context: context == null ? null : storableJson(context),
    },
  };
}
