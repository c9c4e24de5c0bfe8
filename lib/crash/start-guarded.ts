/** The order in which Roost starts around failures: look for a crash loop, start (carefully, in one), watch the process. */
import { resolve } from 'node:path';

import { claimFolder } from '../claim-folder.ts';
import type { TelemetryCore, TelemetryOptions } from '../handle.ts';
import type { Catalogue } from '../record/catalogue.ts';
import { describeError } from '../record/describe-error.ts';
import { watchForCrashLoop } from './crash-loop.ts';
import { hookProcess } from './process-hooks.ts';

export interface Guarded<C extends Catalogue> {
  core: TelemetryCore<C>;
  /** Notes a crash that the process hooks do not see, for the crash loop's count. */
  noteCrash: () => void;
}

type GuardOptions = Pick<TelemetryOptions, 'onCrashLoop' | 'logger'>;

/**
 * `start` is told whether to start in safe mode; what it throws passes on. `onCrashLoop` is called last, once a start.
 * A second handle on the same folder in this process watches nothing: the first one does.
 */
export function startGuarded<C extends Catalogue>(
  dataDir: string,
  options: GuardOptions,
  start: (safeMode: boolean) => TelemetryCore<C>,
): Guarded<C> {
  const giveBack = claimFolder(resolve(dataDir));
  if (!giveBack) return { core: start(false), noteCrash() {} };
  const guard = watchForCrashLoop(dataDir);
  let core: TelemetryCore<C>;
  try {
    core = start(guard.looping);
  } catch (error) {
    guard.close();
    giveBack();
    throw error;
  }
  core.onClose(giveBack);
  core.onClose(guard.close);
  core.onClose(hookProcess(core, { onUncaught: guard.noteCrash }));
  if (guard.looping) tell(options);
  return { core, noteCrash: guard.noteCrash };
}

function tell({ onCrashLoop, logger = console.warn }: GuardOptions): void {
  try {
    onCrashLoop?.();
  } catch (error) {
    logger(`Roost: onCrashLoop threw: ${describeError(error).error_message}`);
  }
}
