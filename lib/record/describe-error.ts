/**
 * What was thrown, as two bounded texts. Takes anything at all (an error, a string, an object whose getters
 * throw) and never throws. Texts are still raw: scrubbing and the final cut come later (`bound-crash.ts`).
 */
import { CUT_MARK, MAX_ERROR_MESSAGE_LENGTH, MAX_STACK_TRACE_LENGTH } from './limits.ts';

export interface ErrorDescription {
  error_message: string;
  stack_trace: string | null;
}

/** Scrubbing may shorten a text, so more is kept here than the record may hold, yet little enough to scrub at once. */
const KEPT = 4;
const MAX_MESSAGE = MAX_ERROR_MESSAGE_LENGTH * KEPT;
const MAX_STACK = MAX_STACK_TRACE_LENGTH * KEPT;
/** Deeper chains are loops or noise; `AggregateError` of many is told by the first few. */
const MAX_CAUSES = 5;
const MAX_AGGREGATED = 5;

/** The message (with the class, where it says more than `Error`) and the stack, causes and aggregated errors included. */
export function describeError(error: unknown): ErrorDescription {
  const told = new Set<unknown>();
  const { headline, stack } = describeOne(error);
  const parts = [stack, ...describeRelated(error, 0, told)].filter((part) => part !== null);
  return {
    error_message: headline,
    stack_trace: parts.length > 0 ? cutText(parts.join('\n'), MAX_STACK) : null,
  };
}

interface OneError {
  headline: string;
  stack: string | null;
}

function describeOne(error: unknown): OneError {
  if (typeof error !== 'object' || error === null) {
    const text = cutText(primitiveText(error), MAX_MESSAGE);
    const isText = typeof error === 'string' && error !== '';
    return { headline: isText ? text : `Thrown: ${text || 'an empty string'}`, stack: null };
  }
  const message = readText(error, 'message');
  const fullStack = readText(error, 'stack');
  if (message === null && fullStack === null) {
    return { headline: `Thrown: an object with ${keysOf(error)}`, stack: null };
  }
  const name = readText(error, 'name') ?? 'Error';
  const shortMessage = cutText(message ?? '', MAX_MESSAGE);
  const headline = [name === 'Error' ? '' : name, shortMessage].filter(Boolean).join(': ') || name;
  return {
    headline,
    stack: fullStack === null ? null : shortenHeader(fullStack, message ?? '', shortMessage),
  };
}

/** V8 puts the message before the frames: a huge one would push them over the limit. */
function shortenHeader(stack: string, message: string, shortMessage: string): string {
  const at = message.length > shortMessage.length ? stack.indexOf(message) : -1;
  const short = at < 0 ? stack : stack.slice(0, at) + shortMessage + stack.slice(at + message.length);
  return cutText(short, MAX_STACK);
}

function describeRelated(error: unknown, depth: number, told: Set<unknown>): string[] {
  if (typeof error !== 'object' || error === null || depth >= MAX_CAUSES || told.has(error)) return [];
  told.add(error);
  const lines: string[] = [];
  const add = (label: string, related: unknown): void => {
    const { headline, stack } = describeOne(related);
    lines.push(`${label}: ${stack ?? headline}`, ...describeRelated(related, depth + 1, told));
  };
  const errors = read(error, 'errors');
  if (Array.isArray(errors)) {
    const shown = Math.min(errors.length, MAX_AGGREGATED);
    for (let index = 0; index < shown; index += 1)
      add(`Error ${index + 1} of ${errors.length}`, errors[index]);
  }
  const cause = read(error, 'cause');
  if (cause !== undefined && !told.has(cause)) add('Caused by', cause);
  return lines;
}

/** A property of something foreign: its getter may throw. */
function read(object: object, key: string): unknown {
  try {
    return (object as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

function readText(object: object, key: string): string | null {
  const value = read(object, key);
  return typeof value === 'string' ? value : null;
}

function keysOf(object: object): string {
  try {
    const keys = Object.keys(object).slice(0, 10);
    return keys.length > 0 ? `keys ${keys.join(', ')}` : 'no keys';
  } catch {
    return 'unreadable keys';
  }
}

function primitiveText(value: unknown): string {
  try {
    return typeof value === 'function' ? `function ${value.name}` : String(value);
  } catch {
    return typeof value;
  }
}

/**
 * Cuts at a space where one is near, so that no secret is halved: half a key no longer matches the pattern
 * that would have scrubbed it.
 */
function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = max - CUT_MARK.length;
  const near = Math.max(text.lastIndexOf(' ', end), text.lastIndexOf('\n', end));
  return text.slice(0, near > end - 1_000 ? near : end).toWellFormed() + CUT_MARK;
}
