/**
 * The calls that record: consent, check, record, queue, in this order. They never wait, and never throw but for
 * `RoostError` where the app asked for it with `strict`.
 */
import type { Consent } from './consent.ts';
import type { Breadcrumbs } from './crash/breadcrumbs.ts';
import { describeMoment } from './crash/crash-context.ts';
import type { CrashInput } from './handle.ts';
import type { RecordQueue } from './queue/types.ts';
import { RoostError, type RoostErrorCode } from './record/errors.ts';
import type { Recorder } from './recorder.ts';
import { reasonOf, type Warn } from './warn.ts';

export interface Recording {
  /** `mayThrow`: the caller is the app's own code, and may have asked to be told. */
  event(name: unknown, properties: unknown, mayThrow: boolean): void;
  crash(input: () => CrashInput, mayThrow: boolean): void;
  breadcrumb(message: string): void;
  countDropped(reason: string, count?: number): void;
}

export interface RecordingOptions {
  queue: RecordQueue;
  consent: Consent;
  recorder: Recorder;
  breadcrumbs: Breadcrumbs;
  strict: boolean;
  warn: Warn;
  isClosed: () => boolean;
  /** Called after a record was queued. */
  onRecorded: () => void;
}

export function createRecording(options: RecordingOptions): Recording {
  const { queue, consent, recorder, breadcrumbs, strict, warn, isClosed, onRecorded } = options;

  /** Counts and says that a record is lost. */
  function refuse(code: RoostErrorCode, message: string, mayThrow: boolean): void {
    queue.countDropped(code);
    warn(`${code}:${message}`, `${message} (${code}); such records are dropped.`);
    if (strict && mayThrow) throw new RoostError(code, message);
  }

  function recordEvent(name: unknown, properties: unknown, mayThrow: boolean): void {
    if (isClosed()) return refuse('closed', 'the handle is closed', mayThrow);
    if (consent.state().usage !== 'on') return;
    const event = typeof name === 'string' ? name : '';
    const checked = recorder.check(event, properties);
    if (!checked.ok) return refuse(checked.code, checked.message, mayThrow);
    if (checked.stripped > 0) {
      queue.countDropped('unknown_property', checked.stripped);
      warn(
        `unknown_property:${event}`,
        `${event}: properties that the catalogue does not know are left out.`,
      );
    }
    queue.add('event', recorder.event(event, checked.properties));
    breadcrumbs.add(event, { event: true });
    onRecorded();
  }

  function recordCrash(input: CrashInput, mayThrow: boolean): void {
    if (isClosed()) return refuse('closed', 'the handle is closed', mayThrow);
    if (consent.state().crashes !== 'on') return;
    queue.add('crash', recorder.crash(input, describeMoment(breadcrumbs.list())));
    onRecorded();
  }

  function safely(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (error instanceof RoostError) throw error;
      // Such as a property whose getter throws.
      queue.countDropped('unreadable');
      warn('unreadable', `a record could not be made: ${reasonOf(error)}`);
    }
  }

  return {
    event: (name, properties, mayThrow) => safely(() => recordEvent(name, properties, mayThrow)),
    crash: (input, mayThrow) => safely(() => recordCrash(input(), mayThrow)),
    breadcrumb: (message) => safely(() => breadcrumbs.add(message)),
    countDropped: (reason, count) => safely(() => queue.countDropped(reason, count)),
  };
}
