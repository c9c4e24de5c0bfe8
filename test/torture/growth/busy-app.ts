/**
 * An app at work: `node busy-app.ts <folder> <endpoint> <events a second>`. Captures at that pace, with an error report
 * now and then, until SIGTERM. It says `ready` when it has begun.
 */
import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { startTelemetry } from '../../../lib/index.ts';

const [dataDir = '', endpoint = '', rate = ''] = process.argv.slice(2);
const TICK_MS = 20;
const ERROR_EVERY_MS = 2_000;
/** Reached whenever the server is away, so that the queue file is soon as large as it has to be. */
const MOST_WAITING = 600;
/** Rubbish is collected as it comes (`--expose-gc`): what grows all the same is held by somebody. */
const COLLECT_EVERY_MS = 1_000;

const telemetry = startTelemetry({ dataDir, endpoint, flushIntervalMs: 1_000, logger: () => {} });
const ending = new AbortController();
process.once('SIGTERM', () => ending.abort());

const perTick = (Number(rate) * TICK_MS) / 1_000;
let owed = 0;
let nextError = performance.now();
let nextCollection = nextError;
writeSync(1, 'ready\n');
while (!ending.signal.aborted) {
  const full = telemetry.pending().events >= MOST_WAITING;
  for (owed += perTick; owed >= 1; owed -= 1) {
    if (!full) telemetry.track('dictionary_used', { count: 1 });
  }
  if (performance.now() > nextError) {
    nextError += ERROR_EVERY_MS;
    telemetry.addBreadcrumb('the next one fails');
    telemetry.captureException(new Error('an error like the others'));
  }
  if (performance.now() > nextCollection) {
    nextCollection += COLLECT_EVERY_MS;
    globalThis.gc?.();
  }
  await delay(TICK_MS);
}
await telemetry.close();
