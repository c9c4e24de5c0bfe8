/** How fast what waits leaves for a real server: `node drain.ts <dataDir> <endpoint>`. Prints JSON. */
import { startTelemetry } from '@roost-telemetry/electron/node';

const [dataDir = '', endpoint = ''] = process.argv.slice(2);
const telemetry = startTelemetry({
  dataDir,
  endpoint,
  maxRecords: 1_000_000,
  maxBytes: 2 ** 30,
  flushIntervalMs: 3_600_000,
});
const start = performance.now();
const { sent, remaining } = await telemetry.flush();
const seconds = (performance.now() - start) / 1_000;
await telemetry.close();
process.stdout.write(JSON.stringify({ sent, remaining, perSecond: sent / seconds }));
