/** Makes a crash fit to travel and to be stored: scrubbed first, then cut to the limits. */
import type { CrashContext, CrashRecord } from './crash.ts';
import { cutText } from './cut.ts';
import {
  MAX_APP_VERSION_LENGTH,
  MAX_CONTEXT_BYTES,
  MAX_ERROR_MESSAGE_LENGTH,
  MAX_OS_VERSION_LENGTH,
  MAX_PLATFORM_LENGTH,
  MAX_STACK_TRACE_LENGTH,
} from './limits.ts';
import { redactJson, redactLabel, redactText, type RedactOptions } from './redact.ts';

/** Scrubs and cuts every text of a crash. A crash is never refused for its length. */
export function boundCrash(crash: CrashRecord, options: RedactOptions = {}): CrashRecord {
  const label = (text: string, max: number): string => cutText(redactLabel(text, options), max);
  const bounded: CrashRecord = {
    ...crash,
    error_message: cutText(redactText(crash.error_message, options), MAX_ERROR_MESSAGE_LENGTH),
    app_version: label(crash.app_version, MAX_APP_VERSION_LENGTH),
  };
  if (crash.stack_trace)
    bounded.stack_trace = cutText(redactText(crash.stack_trace, options), MAX_STACK_TRACE_LENGTH);
  if (crash.os_version) bounded.os_version = label(crash.os_version, MAX_OS_VERSION_LENGTH);
  if (crash.platform) bounded.platform = label(crash.platform, MAX_PLATFORM_LENGTH);
  if (crash.context) bounded.context = boundContext(redactJson(crash.context, options) as CrashContext);
  return bounded;
}

/** Longest texts in a context that is too large, tried one after the other. Code points. */
const SHORTER = [4_000, 1_000, 200, 50];

/** First long texts are shortened, then lists lose their oldest half, then whole members go, the largest first. */
function boundContext(context: CrashContext): CrashContext {
  let fitting = context;
  for (const max of SHORTER) {
    if (jsonBytes(fitting) <= MAX_CONTEXT_BYTES) return fitting;
    fitting = shorten(fitting, max) as CrashContext;
  }
  const bySize = Object.entries(fitting)
    .map(([key, value]) => ({ key, value, bytes: jsonBytes({ [key]: value }) }))
    .sort((a, b) => a.bytes - b.bytes);
  let bytes = 2;
  const kept: [string, unknown][] = [];
  for (const member of bySize) {
    const small = member.bytes > MAX_CONTEXT_BYTES - bytes ? '[cut]' : member.value;
    const cost = jsonBytes({ [member.key]: small });
    if (bytes + cost > MAX_CONTEXT_BYTES) continue;
    bytes += cost;
    kept.push([member.key, small]);
  }
  return Object.fromEntries(kept);
}

const MAX_LIST = 50;

function shorten(value: unknown, max: number): unknown {
  if (typeof value === 'string') return cutText(value, max);
  if (Array.isArray(value)) return value.slice(-MAX_LIST).map((item) => shorten(item, max));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [cutText(key, 100), shorten(item, max)]),
  );
}

function jsonBytes(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}
