/** What a durable `track` costs beside a bare prepared insert of the same row, in alternating blocks. Prints JSON. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

import { startTelemetry } from '@roost-telemetry/electron/node';

import { BareQueue } from './bare-queue.ts';
import { percentile } from './measure.ts';

const BLOCKS = 40;
const BLOCK = 1_000;

const folder = mkdtempSync(join(tmpdir(), 'roost-bench-'));
const telemetry = startTelemetry({
  dataDir: join(folder, 'telemetry'),
  maxRecords: 1_000_000,
  maxBytes: 2 ** 30,
});
const properties = {
  audio_duration_seconds: 93.5,
  source: 'widget',
  success: true,
  estimated_cost_usd: 0.00935,
} as const;
telemetry.track('recording_completed', properties);
const payload = JSON.stringify(telemetry.peek(1)[0]);

const bareQueue = new BareQueue(folder);

function time(call: () => void, into: number[]): void {
  for (let n = 0; n < BLOCK; n += 1) {
    const start = process.hrtime.bigint();
    call();
    into.push(Number(process.hrtime.bigint() - start) / 1_000);
  }
}

const [tracked, bare]: [number[], number[]] = [[], []];
for (let block = 0; block < BLOCKS; block += 1) {
  time(() => telemetry.track('recording_completed', properties), tracked);
  await setImmediate();
  time(() => bareQueue.add(payload), bare);
  await setImmediate();
}
bareQueue.close();
await telemetry.close();
rmSync(folder, { recursive: true });

process.stdout.write(
  JSON.stringify({
    trackP50: percentile(tracked, 0.5),
    trackP99: percentile(tracked, 0.99),
    bareP50: percentile(bare, 0.5),
    bareP99: percentile(bare, 0.99),
  }),
);
