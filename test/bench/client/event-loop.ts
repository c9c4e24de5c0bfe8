/**
 * How long the event loop is held up while events are captured and sent: `node event-loop.ts <events> <folder>
 * [<endpoint>]`; without the last the reference, a bare queue in the same turns. Prints JSON.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate, setTimeout } from 'node:timers/promises';

import { startTelemetry } from '@roost-telemetry/electron/node';

import { BareQueue } from './bare-queue.ts';

const [events = '0', folder = '', endpoint] = process.argv.slice(2);

/** Events in one turn of the loop: a busy moment of an app. */
const PER_TURN = 20;
/** Turns after which the reference deletes what it holds, as a batch that was sent is deleted. */
const TURNS_PER_BATCH = 25;
/** About what such an event takes as it travels. */
const PAYLOAD_BYTES = 500;

const measured = endpoint === undefined ? await measureBare() : await measureRoost(endpoint);
process.stdout.write(JSON.stringify(measured));

async function measureBare(): Promise<Delays> {
  const queue = new BareQueue(folder);
  const payload = 'x'.repeat(PAYLOAD_BYTES);
  let turns = 0;
  const delays = await measure(() => {
    for (let n = 0; n < PER_TURN; n += 1) queue.add(payload);
    turns += 1;
    if (turns % TURNS_PER_BATCH === 0) queue.removeAll();
  });
  queue.close();
  return delays;
}

async function measureRoost(endpoint: string): Promise<Delays> {
  const telemetry = startTelemetry({
    dataDir: folder,
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
