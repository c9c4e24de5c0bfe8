/**
 * Entry `/renderer`: tracking from a page. Names and properties are checked at compile time from the catalogue's type,
 * at run time in the main process, so that a page stays small. Calls return at once and never throw.
 */
import type { Catalogue, EventName, TrackArguments } from '../lib/record/catalogue.ts';
import type { StoriesCatalogue } from '../lib/record/stories-catalogue.ts';
import type { RoostBridge } from './bridge.ts';
import { errorParts } from './error-parts.ts';
import { plainCopy } from './plain-copy.ts';

export type { ErrorReport, RoostBridge, SettingsState } from './bridge.ts';

let warned = false;

function withBridge(use: (bridge: RoostBridge) => void): void {
  const bridge = globalThis.window?.roost;
  try {
    if (bridge) return use(bridge);
    if (warned) return;
    warned = true;
    console.warn(
      'Roost: window.roost is missing, nothing is recorded: load @roost-telemetry/electron/preload in this window.',
    );
  } catch {
    // Recording must never become the page's problem.
  }
}

/** `new TelemetryClient<typeof myCatalogue>()` checks calls against that catalogue. Default: `storiesCatalogue`. */
export class TelemetryClient<C extends Catalogue = StoriesCatalogue> {
  /** Records an event. Safe on disk from the main process's receipt on. */
  track<N extends EventName<C>>(name: N, ...properties: TrackArguments<C, N>): void {
    withBridge((bridge) =>
      bridge.track(name, properties[0] && (plainCopy(properties[0]) as Record<string, unknown>)),
    );
  }

  /** Reports a caught error as `handled_error`. `context` is JSON about the moment; it is scrubbed before it is kept. */
  captureException(error: unknown, context?: Record<string, unknown>): void {
    withBridge((bridge) =>
      bridge.captureError({
        crash_type: 'handled_error',
        error: errorParts(error),
        ...(context && { context: plainCopy(context) as Record<string, unknown> }),
      }),
    );
  }

  /** Remembers a step for crash reports: at most 50 are kept, 200 characters each. */
  addBreadcrumb(message: string): void {
    withBridge((bridge) => bridge.addBreadcrumb(String(message).slice(0, 400)));
  }
}

const client = new TelemetryClient();

/** `TelemetryClient.track` for the default catalogue. */
export const track: TelemetryClient['track'] = (name, ...properties) => client.track(name, ...properties);

/** `TelemetryClient.captureException`. */
export function captureException(error: unknown, context?: Record<string, unknown>): void {
  client.captureException(error, context);
}
