import { TelemetryClient } from '@roost-telemetry/electron/renderer';

/** Events and their properties are checked when this compiles, against the Stories catalogue. */
export const telemetry = new TelemetryClient();
