/**
 * One life of an app, for the queue's fault test: `node queue-life.ts <LifeOrder as JSON>`.
 *
 * `capture`: captures at full speed and sends all the while, until it is killed. The number of a record is written to
 * stdout when the call that captured it has returned. `recover`: sends until nothing waits, then writes `pending()`.
 */
import { writeSync } from 'node:fs';
import { setImmediate, setTimeout } from 'node:timers/promises';

export interface LifeOrder {
  task: 'capture' | 'recover';
  dataDir: string;
  endpoint: string;
  /** Number of the life. */
  life: number;
  /** How far this process's clock is ahead: a minute lets the leases of the dead run out at once. */
  clockAheadMs: number;
}

const { task, dataDir, endpoint, life, clockAheadMs } = JSON.parse(process.argv[2] ?? '{}') as LifeOrder;
const realNow = Date.now;
Date.now = () => realNow() + clockAheadMs;

const { startTelemetry } = await import('@roost-telemetry/electron/node');
const telemetry = startTelemetry({
  dataDir,
  endpoint,
  flushIntervalMs: 100,
  flushAt: 10,
  maxRecords: 1_000_000,
  maxBytes: 2 ** 30,
  // Short for the server that hangs; the server that recovers may be slow for other reasons.
  requestTimeoutMs: task === 'capture' ? 300 : 30_000,
  logger: () => {},
});

/** One in so many is a crash: each of them waits for the disk. */
const CRASH_EVERY = 40;
/** After so many the event loop gets its turn, and the sender with it. */
const BURST = 20;

async function capture(): Promise<never> {
  void sendForever();
  for (let number = 0; ; number += 1) {
    if (number % CRASH_EVERY === 0) telemetry.captureException(new Error(`life ${life} failure ${number}`));
    else telemetry.track('dictionary_used', { count: life * LIFE_SPAN + number });
    writeSync(1, `${number}\n`);
    if (number % BURST === 0) await setImmediate();
  }
}

/** Without waiting for the backoff: a life is short. */
async function sendForever(): Promise<never> {
  for (;;) {
    await telemetry.flush();
    await setTimeout(5);
  }
}

async function recover(): Promise<void> {
  const waiting = (): number => telemetry.pending().events + telemetry.pending().crashes;
  while (waiting() > 0) {
    await telemetry.flush();
    await setTimeout(50);
  }
  writeSync(1, `${JSON.stringify(telemetry.pending())}\n`);
  await telemetry.close();
}

/** Numbers that a life has for itself. */
const LIFE_SPAN = 10_000;

await (task === 'capture' ? capture() : recover());
