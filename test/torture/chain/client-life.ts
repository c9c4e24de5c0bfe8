/**
 * One life of an app: `node client-life.ts <LifeOrder as JSON>`.
 *
 * `live`: several windows capture until somebody ends it. A line on stdout tells what has happened:
 * `event 17`, `crash 18` (the call that captured it has returned), `dying 19` (the next one is a crash that ends the
 * process), `off 3` (opted out, with three events waiting), `refused 20` (tracked while opted out), `on`, `durable no`.
 * Commands come on stdin: `off`, `on`, `die`, `clock <ms ahead>`.
 * `recover`: sends until nothing waits, then writes `pending()`.
 */
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

import { setClockAhead } from './clock.ts';
import { failureText, LIFE_SPAN } from './numbers.ts';

export interface LifeOrder {
  task: 'live' | 'recover';
  dataDir: string;
  endpoint: string;
  /** Number of the life: no other has it. */
  life: number;
}

const WINDOWS = 3;
const PAUSE_MS = { least: 20, most: 180 };
/** One in so many is a crash report: each of them waits for the disk. */
const CRASH_EVERY = 25;
const RECOVERY_MS = 240_000;

async function main({ task, dataDir, endpoint, life }: LifeOrder): Promise<void> {
  const { startTelemetry } = await import('../../../lib/index.ts');
  const telemetry = startTelemetry({
    dataDir,
    endpoint,
    flushIntervalMs: 250,
    flushAt: 10,
    maxRecords: 1_000_000,
    maxBytes: 2 ** 30,
    requestTimeoutMs: task === 'live' ? 2_000 : 30_000,
    logger: () => {},
  });
  const waiting = (): number => telemetry.pending().events + telemetry.pending().crashes;

  if (task === 'recover') {
    const until = performance.now() + RECOVERY_MS;
    while (waiting() > 0 && performance.now() < until) {
      await telemetry.flush();
      await delay(50);
    }
    tell(JSON.stringify(telemetry.pending()));
    await telemetry.close();
    return;
  }

  let last = life * LIFE_SPAN;
  const track = (): number => {
    last += 1;
    telemetry.track('dictionary_used', { count: last });
    return last;
  };
  const commands: Record<string, (argument: string) => void> = {
    off() {
      const { events, dropped } = telemetry.pending();
      telemetry.setEnabled(false);
      // Events that are set aside as dead letters are deleted with those that wait.
      tell(`off ${events + (dropped.undeliverable_malformed ?? 0)}`);
      for (let count = 0; count < 5; count += 1) tell(`refused ${track()}`);
    },
    on() {
      telemetry.setEnabled(true);
      tell('on');
    },
    die() {
      last += 1;
      tell(`dying ${last}`);
      throw new Error(failureText(last));
    },
    clock: (ms) => setClockAhead(Number(ms)),
  };
  createInterface(process.stdin).on('line', (line) => {
    const [name = '', argument = ''] = line.split(' ');
    commands[name]?.(argument);
  });

  const live = async (): Promise<never> => {
    for (;;) {
      if (!telemetry.isEnabled()) {
        // Nothing to do but wait for the way back.
      } else if (last % CRASH_EVERY === 0) {
        last += 1;
        telemetry.captureException(new Error(failureText(last)));
        tell(`crash ${last}`);
      } else tell(`event ${track()}`);
      await delay(PAUSE_MS.least + Math.random() * (PAUSE_MS.most - PAUSE_MS.least));
    }
  };
  const watchDurability = async (): Promise<never> => {
    for (let known = true; ; await delay(500)) {
      const { durable } = telemetry.pending().health;
      if (durable !== known) tell(`durable ${durable ? 'yes' : 'no'}`);
      known = durable;
    }
  };
  await Promise.all([watchDurability(), ...Array.from({ length: WINDOWS }, live)]);
}

function tell(line: string): void {
  writeSync(1, `${line}\n`);
}

await main(JSON.parse(process.argv[2] ?? '{}') as LifeOrder);
