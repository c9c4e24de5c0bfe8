/** One failure report as it travels and is stored (docs/glossary.md: crash). */
import * as z from 'zod/mini';

import { country, environment, maybe, timestamp, uuid } from './fields.ts';

export const CRASH_TYPES = [
  /** Uncaught in the main process. */
  'main_crash',
  /** A renderer process is gone. */
  'renderer_crash',
  /** Uncaught in a page. */
  'uncaught_error',
  'unhandled_rejection',
  'child_process_crash',
  /** Read from a minidump. */
  'native_crash',
  /** Reported by `captureException`; counts in no stability figure. */
  'handled_error',
] as const;
export type CrashType = (typeof CRASH_TYPES)[number];

/** Free JSON about the moment; at most 32 KiB. */
export type CrashContext = Record<string, unknown>;

/**
 * Texts have no length here on purpose: a crash is never rejected for length, they are cut
 * after scrubbing (`boundCrash` in `bound-crash.ts`).
 */
export const crashSchema = z.object({
  event_id: uuid,
  user_id: uuid,
  session_id: maybe(uuid),
  timestamp,
  crash_type: z.enum(CRASH_TYPES),
  error_message: z.string(),
  stack_trace: maybe(z.string()),
  context: maybe(z.record(z.string(), z.unknown())),
  app_version: z.string(),
  os_version: maybe(z.string()),
  platform: maybe(z.string()),
  country: maybe(country),
  environment: maybe(environment),
});

/** `timestamp` is the moment of capture; fields that are null or absent are unknown. */
export type CrashRecord = z.infer<typeof crashSchema>;
