/** Memory of a program with records waiting, or of the same one without Roost: `node --expose-gc memory.ts [dataDir]`. */
import { setTimeout } from 'node:timers/promises';

const [dataDir] = process.argv.slice(2);
if (dataDir) {
  const { startTelemetry } = await import('@roost-telemetry/electron/node');
  const telemetry = startTelemetry({ dataDir });
  telemetry.track('app_opened', { startup_time_seconds: 1 });
}
// The first look at what an earlier run left comes a second after the start.
await setTimeout(2_000);
globalThis.gc?.();
process.stdout.write(JSON.stringify({ bytes: process.memoryUsage.rss() }));
process.exit();
