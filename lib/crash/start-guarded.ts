/** The order in which Roost starts around failures: look for a crash loop, start (carefully, in one), watch the process. */
import type { TelemetryCore } from '../handle.ts';
import type { Catalogue } from '../record/catalogue.ts';
import { watchForCrashLoop } from './crash-loop.ts';
import { hookProcess } from './process-hooks.ts';

export interface Guarded<C extends Catalogue> {
  core: TelemetryCore<C>;
  /** Notes a crash that the process hooks do not see, for the crash loop's count. */
  noteCrash: () => void;
}

/** `start` is told whether to start in safe mode; what it throws passes on. `onCrashLoop` is called last, once a start. */
export function startGuarded<C extends Catalogue>(
  dataDir: string,
  onCrashLoop: (() => void) | undefined,
  start: (safeMode: boolean) => TelemetryCore<C>,
): Guarded<C> {
  const guard = watchForCrashLoop(dataDir);
  let core: TelemetryCore<C>;
  try {
    core = start(guard.looping);
  } catch (error) {
    guard.close();
    throw error;
  }
  core.onClose(guard.close);
  core.onClose(hookProcess(core, { onUncaught: guard.noteCrash }));
  if (guard.looping) tell(onCrashLoop);
  return { core, noteCrash: guard.noteCrash };
}

function tell(onCrashLoop: (() => void) | undefined): void {
  try {
    onCrashLoop?.();
  } catch (error) {
    console.warn('Roost: onCrashLoop threw:', error);
  }
}
