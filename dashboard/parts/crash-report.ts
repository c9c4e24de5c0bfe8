/** One crash in full: message, stack, what happened before it, and the state of its process. */
import { isOwnFrame, parseFrames } from '../../lib/record/stack-frames.ts';
import type { StoredCrash } from '../api-types.ts';
import { element, type Child } from '../dom.ts';
import { countryName, moment, timeOfDay, words } from '../format.ts';
import { facts } from './facts.ts';
import {
  nativeContextOf,
  nativeFacts,
  nativeFrames,
  nativeModules,
  nativeProblems,
  type NativeContext,
} from './native-crash.ts';

export function crashReport(crash: StoredCrash): HTMLElement {
  const native = nativeContextOf(crash);
  return element(
    'article',
    { class: 'report' },
    element('p', { class: 'report-message' }, crash.error_message),
    facts([
      ['Time', moment(crash.timestamp)],
      ['Type', words(crash.crash_type)],
      ['App version', crash.app_version],
      ['System', crash.os_version ?? crash.platform],
      ['Country', crash.country && countryName(crash.country)],
      ['Environment', crash.environment],
    ]),
    ...(native ? nativeParts(crash, native) : [heading('Stack'), stackBox(crash.stack_trace)]),
    heading('What happened before'),
    breadcrumbList(crash.context?.breadcrumbs),
    heading('Context'),
    contextFacts(crash.context ?? {}, native ? ['breadcrumbs', 'native', 'process_type'] : ['breadcrumbs']),
  );
}

function heading(text: string): HTMLElement {
  return element('h4', {}, text);
}

function nativeParts(crash: StoredCrash, native: NativeContext): Child[] {
  return [
    heading('Native fault'),
    nativeFacts(native, crash.context?.process_type),
    nativeProblems(native),
    heading('Frames'),
    nativeFrames(crash.stack_trace, native) ?? stackBox(crash.stack_trace),
    nativeModules(native),
  ];
}

function stackBox(stack: string | null): HTMLElement {
  if (!stack) return element('p', { class: 'note' }, 'This crash carries no stack.');
  return element('pre', { class: 'stack', tabindex: 0, 'aria-label': 'Stack' }, ...stackLines(stack));
}

function contextFacts(context: Record<string, unknown>, told: string[]): HTMLElement {
  const rest = Object.entries(context).filter(([name]) => !told.includes(name));
  if (rest.length === 0) return element('p', { class: 'note' }, 'Nothing more.');
  return facts(rest.map(([name, value]) => [words(name), plainValue(value)]));
}

/** Frames of the app stand out from those of its libraries and of the runtime. */
function stackLines(stack: string): HTMLElement[] {
  return stack.split('\n').map((line) => {
    const foreign = parseFrames(line).some((frame) => !isOwnFrame(frame));
    return element('span', { class: foreign ? 'frame foreign' : 'frame' }, `${line}\n`);
  });
}

function breadcrumbList(breadcrumbs: unknown): HTMLElement {
  const list = (Array.isArray(breadcrumbs) ? breadcrumbs : []).filter(isBreadcrumb);
  if (list.length === 0) return element('p', { class: 'note' }, 'No breadcrumbs.');
  return element(
    'ol',
    { class: 'breadcrumbs' },
    ...list.map(({ at, message }) =>
      element('li', {}, element('time', { datetime: at }, timeOfDay(at)), element('span', {}, message)),
    ),
  );
}

function isBreadcrumb(value: unknown): value is { at: string; message: string } {
  const { at, message } = (value ?? {}) as { at?: unknown; message?: unknown };
  return typeof message === 'string' && typeof at === 'string' && !Number.isNaN(Date.parse(at));
}

function plainValue(value: unknown): string {
  if (value === null || value === undefined) return 'unknown';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value !== 'object') return String(value);
  return Object.entries(value)
    .map(([name, inner]) => `${words(name)} ${typeof inner === 'object' ? JSON.stringify(inner) : inner}`)
    .join(' · ');
}
