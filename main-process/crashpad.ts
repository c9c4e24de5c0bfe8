/**
 * Starts Crashpad early, so that it watches the whole run, and reads what it left later: the reader of dumps is loaded
 * only then.
 */
import type { TelemetryCore } from '../lib/handle.ts';
import type { ElectronHost } from './electron-host.ts';

/**
 * Starts Crashpad with `runId` while crash reports are on. Electron cannot stop it again, and obeys the first start
 * alone: an app that uses `crashReporter` itself starts it before Roost. Returns the way to stop collecting.
 */
export function collectNativeCrashes(
  electron: Pick<ElectronHost, 'app' | 'crashReporter'>,
  core: TelemetryCore,
  runId: string,
): () => void {
  let closed = false;
  let stopCollecting = (): void => {};
  const stopFollowing = core.onChange(startCrashpad);
  let started = false;

  function startCrashpad(): void {
    const { crashes, known } = core.consentState();
    if (started || !known || !crashes) return;
    started = true;
    try {
      electron.crashReporter.start({ uploadToServer: false, globalExtra: { roost_run_id: runId } });
    } catch {
      // The app goes on without reports of native crashes.
    }
  }

  startCrashpad();
  // After the start, which even the loading would hold up.
  setImmediate(() => {
    import('./minidumps.ts').then(
      ({ collectMinidumps }) => {
        if (!closed) stopCollecting = collectMinidumps(electron, core, runId).close;
      },
      () => {}, // a bundler left it out: the app goes on without reports of native crashes
    );
  });
  return () => {
    closed = true;
    stopFollowing();
    stopCollecting();
  };
}
