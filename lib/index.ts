/** Entry `/node`: Roost in plain Node, for workers, command-line programs and tests. */
import { startGuarded } from './crash/start-guarded.ts';
import type { Telemetry, TelemetryOptions } from './handle.ts';
import type { Catalogue } from './record/catalogue.ts';
import type { StoriesCatalogue } from './record/stories-catalogue.ts';
import { createTelemetry } from './telemetry.ts';

export type * from './handle.ts';
export { RoostError } from './record/errors.ts';
export type { RoostErrorCode } from './record/errors.ts';

/**
 * Starts Roost; `dataDir` must be given. Several handles may share a folder, in one process or in many; in each process
 * the first one records what nobody caught. Throws `RoostError` `invalid_option` where an option is wrong.
 */
export function startTelemetry<const C extends Catalogue = StoriesCatalogue>(
  options: TelemetryOptions<C>,
): Telemetry<C> {
  // A missing `dataDir` is refused by `createTelemetry`.
  return startGuarded(options?.dataDir ?? '', options ?? {}, (safeMode) =>
    createTelemetry(options, { safeMode }),
  ).core;
}
