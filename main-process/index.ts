/** Entry `/main`: Roost in the main process of an Electron app. */
import type { Telemetry } from '../lib/handle.ts';
import type { Catalogue } from '../lib/record/catalogue.ts';
import type { StoriesCatalogue } from '../lib/record/stories-catalogue.ts';
import { electronHost } from './electron-host.ts';
import { startInElectron, type ElectronTelemetryOptions } from './start.ts';

export type * from '../lib/handle.ts';
export type { ElectronTelemetryOptions } from './start.ts';
export { RoostError } from '../lib/record/errors.ts';
export type { RoostErrorCode } from '../lib/record/errors.ts';

/**
 * Starts Roost. Call it once, first thing in the main process: what fails before is not seen. Works before the app is
 * ready; nothing is sent until then. Throws `RoostError` where an option is wrong, where Electron is missing, and where
 * Roost runs already.
 */
export function startTelemetry<const C extends Catalogue = StoriesCatalogue>(
  options: ElectronTelemetryOptions<C> = {},
): Telemetry<C> {
  return startInElectron(electronHost(), options);
}
