/**
 * Watches a Node process for failures that nobody caught, without changing what becomes of it.
 *
 * - `uncaughtExceptionMonitor` is made for this: it handles nothing.
 * - A listener for `unhandledRejection` would handle the rejection: Node would neither warn nor set the exit code
 *   (`--unhandled-rejections=warn-with-error-code`, Electron's mode) nor throw (Node's own). Those cannot be
 *   given back exactly by hand: the warning carries a number that only Node knows. So `process.emit` is watched
 *   instead, as signal-exit does: Node asks `process.emit('unhandledRejection')` whether anybody listens, and still
 *   gets the answer that it would get without Roost, in each mode.
 * - Where an app's main script is an ES module and throws while it loads, Electron emits `uncaughtException` by hand,
 *   without the monitor (electron/electron lib/browser/init.ts, `runEntryPointWithESMLoader`): seen the same way.
 */
import type { TelemetryCore } from '../handle.ts';
import { describeError } from '../record/describe-error.ts';
import type { CrashType } from '../record/crash.ts';
import { processType } from './crash-context.ts';

export interface ProcessHookOptions {
  /** Called before an exception that nobody may catch is recorded: the process may be about to end. */
  onUncaught?: () => void;
}

type Emit = typeof process.emit;

/** Starts watching. Returns the way to stop. */
export function hookProcess(core: TelemetryCore, options: ProcessHookOptions = {}): () => void {
  /** A failure can pass several of the watched places; told apart by the reason, which may be no object. */
  let lastSeen: { reason: unknown } | null = null;
  let stopped = false;
  const record = (crashType: CrashType, reason: unknown): void => {
    try {
      if (stopped || (lastSeen && lastSeen.reason === reason)) return;
      lastSeen = { reason };
      setImmediate(() => (lastSeen = null)).unref();
      core.captureCrash({ crash_type: crashType, ...describeError(reason) });
    } catch {
      // Roost's own failure must not become the app's.
    }
  };
  const uncaughtType = (): CrashType =>
    ['main', 'node'].includes(processType()) ? 'main_crash' : 'uncaught_error';

  /** Rejections that nobody listens to, until it is known what Node does with them. */
  let unheard: unknown[] = [];
  const recordUnheard = (): void => {
    const reasons = unheard;
    unheard = [];
    for (const reason of reasons) record('unhandled_rejection', reason);
  };

  const monitor = (error: Error, origin: NodeJS.UncaughtExceptionOrigin): void => {
    options.onUncaught?.();
    // In Node's own mode the rejection that nobody heard of just now became this, wrapped if its reason is no error.
    const isTold = origin === 'unhandledRejection' && unheard.length > 0;
    recordUnheard();
    if (!isTold) record(uncaughtType(), error);
  };
  process.on('uncaughtExceptionMonitor', monitor);

  const emit = process.emit;
  const watched = function (this: NodeJS.Process, ...args: unknown[]): boolean {
    const [event, reason] = args;
    if (event === 'uncaughtException' && args.length === 2) {
      options.onUncaught?.();
      record(uncaughtType(), reason);
    }
    if (event === 'exit') recordUnheard();
    if (event !== 'unhandledRejection') return Reflect.apply(emit, this, args) as boolean;
    if (process.listenerCount('unhandledRejection') > 0) {
      record('unhandled_rejection', reason); // now: a listener may end the process
      return Reflect.apply(emit, this, args) as boolean;
    }
    // Reading `stack` now would cost Node the place in the source that it prints where it throws the reason.
    unheard.push(reason);
    process.nextTick(recordUnheard);
    return Reflect.apply(emit, this, args) as boolean;
  };
  process.emit = watched as Emit;

  return () => {
    stopped = true;
    process.off('uncaughtExceptionMonitor', monitor);
    // Another library may have wrapped the wrapper since; then it stays, and passes everything on.
    if (process.emit === (watched as Emit)) process.emit = emit;
  };
}
