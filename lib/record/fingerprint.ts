/**
 * Which crashes are one fault: those of the same type with the same top frames of the app's own code, whatever the line
 * numbers, the folder it was installed to, the build's hashes and the numbers in the message. Pure; `VERSION` changes
 * with the rules, so that a group never silently means something else.
 */
import type { CrashRecord } from './crash.ts';
import { cutText } from './cut.ts';
import { redactText } from './redact.ts';
import { isOwnFrame, parseFrames, type StackFrame } from './stack-frames.ts';

const VERSION = 'v1';
/** Fewer would join the faults of a shared helper, more would split a fault by who called it. */
const TOP_FRAMES = 3;
const MAX_TITLE_LENGTH = 200;
/** The frames that matter are the first; a stack may be 64 KiB. UTF-16 units. */
const MAX_STACK = 16_384;
const MAX_MESSAGE = 2_000;

export interface CrashGroup {
  /** Safe in a URL: `v1-` and 16 hexadecimal digits. */
  fingerprint: string;
  /** The first line of the message, for people. */
  title: string;
}

export function fingerprint(
  crash: Pick<CrashRecord, 'crash_type' | 'error_message' | 'stack_trace'>,
): CrashGroup {
  const message = redactText(crash.error_message.slice(0, MAX_MESSAGE)).trim();
  const stack = redactText((crash.stack_trace ?? '').slice(0, MAX_STACK));
  const frames = parseFrames(stack);
  const own = frames.filter(isOwnFrame);
  const top = (own.length > 0 ? own : frames).slice(0, TOP_FRAMES);
  const parts: string[] = [VERSION, crash.crash_type, ...top.map(frameKey)];
  if (!top.some(isTelling)) parts.push(messageKey(message));
  return { fingerprint: `${VERSION}-${hash64(parts.join('\n'))}`, title: titleOf(message, crash.crash_type) };
}

function titleOf(message: string, crashType: string): string {
  return cutText(message.split(/[\r\n]/, 1)[0]?.trim() || crashType.replaceAll('_', ' '), MAX_TITLE_LENGTH);
}

function frameKey(frame: StackFrame): string {
  return `${frame.name} ${frame.file}`;
}

/** Minifiers leave one or two letters, which the next build deals out anew; then the message has to tell. */
function isTelling({ name, file }: StackFrame): boolean {
  const last = name.split('.').at(-1) ?? '';
  return last.length > 2 && last !== '<anonymous>' ? true : file.includes('+0x');
}

/** What is the same in the messages of one fault: no quoted values, numbers, ids, marks, paths. */
function messageKey(message: string): string {
  return (message.split(/\r?\n\s+at /, 1)[0] ?? '')
    .replace(/\[\w+\](?:[/\\][\w./\\-]*|\.\w+)?|app:\/\/\S*/g, '*')
    .replace(/(["'`“‘])[^"'`”’\n]{0,200}(["'`”’])/g, '*')
    .replace(/\b(?=[\w-]*\d)[\w-]+\b/g, '*')
    .replace(/-?\d+(?:\.\d+)*/g, '*')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}

/** Two 32-bit FNV-1a hashes with different seeds: enough to tell millions of groups apart. */
function hash64(text: string): string {
  let high = 0x811c9dc5;
  let low = 0x9e3779b9;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    high = Math.imul(high ^ unit, 0x01000193);
    low = Math.imul(low ^ unit ^ (high >>> 15), 0x01000197);
  }
  return [high, low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}
