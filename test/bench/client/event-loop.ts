/**
 * How long the event loop is held up while events are captured and sent: `node event-loop.ts <events> [<dataDir>
 * <endpoint>]`; without the last two the same turns without Roost, as the reference. Prints JSON.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate, setTimeout } from 'node:timers/promises';

import { startTelemetry } from '@roost-telemetry/electron/node';

const [events = '0', dataDir = '', endpoint] = process.argv.slice(2);

/** Events in one turn of the loop: a busy moment of an app. */
const PER_TURN = 20;
/** What such a turn costs, for the reference. */
const TURN_MS = 0.5;

const measured = endpoint === undefined ? await measure(beBusy) : await measureRoost(endpoint);
process.stdout.write(JSON.stringify(measured));

async function measureRoost(endpoint: string): Promise<Delays> {
  const telemetry = startTelemetry({
    dataDir,
    endpoint,
    maxRecords: 1_000_000,
    maxBytes: 2 ** 30,
    flushIntervalMs: 100,
  });
  // The first request loads what only sending needs; an app has that behind it after its first minute.
  telemetry.track('app_opened');
  await telemetry.flush();
  const delays = await measure(
    () => {
      for (let n = 0; n < PER_TURN; n += 1) {
        telemetry.track('recording_completed', {
          audio_duration_seconds: n,
          source: 'widget',
          success: true,
        });
      }
    },
    async () => {
      while (telemetry.pending().events > 0) {
        const { sent } = await telemetry.flush();
        if (sent === 0) throw new Error('the server takes nothing');
      }
    },
  );
  await telemetry.close();
  return delays;
}

interface Delays {
  max: number;
  p99: number;
}

/** Milliseconds by which timers were late, the resolution of 1 ms included. */
async function measure(turn: () => void, finish = async (): Promise<void> => {}): Promise<Delays> {
  await setTimeout(200);
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  for (let n = 0; n < Number(events); n += PER_TURN) {
    turn();
    await setImmediate();
  }
  await finish();
  delays.disable();
  return { max: delays.max / 1e6, p99: delays.percentile(99) / 1e6 };
}

function beBusy(): void {
  const end = performance.now() + TURN_MS;
  while (performance.now() < end);
}
