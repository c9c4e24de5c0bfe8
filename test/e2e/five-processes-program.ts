/** Captures 1,000 events with the built library and sends them: `node five-processes-program.ts <dataDir> <endpoint> <first>`. */
import { setTimeout } from 'node:timers/promises';

import { startTelemetry } from '@roost-telemetry/electron/node';

const [dataDir = '', endpoint = '', first = '0'] = process.argv.slice(2);
const telemetry = startTelemetry({ dataDir, endpoint, flushIntervalMs: 100 });
for (let n = 1; n <= 1_000; n += 1) {
  telemetry.track('dictionary_used', { count: Number(first) + n });
  if (n % 50 === 0) void telemetry.flush();
  if (n % 10 === 0) await setTimeout(1);
}
// Until the queue that all of them share is empty.
while (telemetry.pending().events > 0) {
  await telemetry.flush();
  await setTimeout(20);
}
await telemetry.close();
