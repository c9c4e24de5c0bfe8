/** The app's config.json: Roost reads three keys of it and changes no other. */
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { errorCode, replaceFile } from '../atomic-write.ts';
import { reasonOf } from '../warn.ts';

export type ConsentFlag = 'telemetry_enabled' | 'crash_reports_enabled';
export const CONSENT_FLAGS: readonly ConsentFlag[] = ['telemetry_enabled', 'crash_reports_enabled'];

export interface ConfigValues {
  telemetry_enabled?: boolean;
  crash_reports_enabled?: boolean;
  /** RFC 3339. */
  telemetry_notice_shown_at?: string;
}

/** In doubt the file says neither yes nor no, and is not to be overwritten. */
export type ConfigReading =
  { readable: true; values: ConfigValues; text: string | null } | { readable: false; reason: string };

const BYTE_ORDER_MARK = '\uFEFF';

/** No file is an empty object. Never throws. */
export function readConfig(path: string): ConfigReading {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { readable: true, values: {}, text: null };
    return { readable: false, reason: reasonOf(error) };
  }
  try {
    const settings = parse(text);
    for (const flag of CONSENT_FLAGS) {
      const value = settings[flag];
      if (value !== undefined && typeof value !== 'boolean') {
        return { readable: false, reason: `${flag} is neither true nor false` };
      }
    }
    return { readable: true, values: pickValues(settings), text };
  } catch {
    return { readable: false, reason: 'it is not a JSON object' };
  }
}

/**
 * Sets keys of the file and leaves all else as it is: other keys, numbers to the digit, indentation, line ends and
 * byte-order mark. Where another program writes at the same moment, its content is taken as the new base.
 * Throws where the file is in doubt or cannot be written.
 */
export function changeConfig(path: string, changes: ConfigValues): void {
  mkdirSync(dirname(path), { recursive: true });
  for (let tries = 0; tries < MAX_REBASES; tries += 1) {
    const before = readConfig(path);
    if (!before.readable) throw new Error(before.reason);
    const isUnchanged = (): boolean => {
      const now = readConfig(path);
      return now.readable && now.text === before.text;
    };
    if (replaceFile(path, withChanges(before.text ?? '{}\n', changes), isUnchanged)) return;
  }
  throw new Error('another program keeps writing it');
}
const MAX_REBASES = 5;

function withChanges(text: string, changes: ConfigValues): string {
  const settings = parse(text);
  for (const [key, value] of Object.entries(changes)) settings[key] = value;
  const indentation = /^\s*\{[^\S\n]*\r?\n([ \t]+)/.exec(withoutMark(text))?.[1] ?? (isOneLine(text) ? 0 : 2);
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const json = JSON.stringify(settings, null, indentation).replaceAll('\n', lineEnd);
  const mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '';
  return mark + json + (/\n\s*$/.test(text) ? lineEnd : '');
}

/** An app that writes `JSON.stringify(settings)` gets its one line back; an empty object gets lines. */
function isOneLine(text: string): boolean {
  return !text.trim().includes('\n') && withoutMark(text).trim() !== '{}';
}

function withoutMark(text: string): string {
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

function parse(text: string): Record<string, unknown> {
  const settings: unknown = JSON.parse(withoutMark(text), keepDigits);
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) {
    throw new TypeError('not an object');
  }
  return settings as Record<string, unknown>;
}

/** Numbers that JavaScript would round or spell otherwise (an id of 20 digits, `1.0`) are written back as they were. */
const keepDigits = function (
  this: unknown,
  _key: string,
  value: unknown,
  context?: { source?: string },
): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || source === undefined || String(value) === source) return value;
  return (JSON as typeof JSON & { rawJSON(text: string): unknown }).rawJSON(source);
};

function pickValues(settings: Record<string, unknown>): ConfigValues {
  const values: ConfigValues = {};
  for (const flag of CONSENT_FLAGS) {
    if (typeof settings[flag] === 'boolean') values[flag] = settings[flag];
  }
  const shownAt = settings.telemetry_notice_shown_at;
  if (typeof shownAt === 'string' && shownAt) values.telemetry_notice_shown_at = shownAt;
  return values;
}
