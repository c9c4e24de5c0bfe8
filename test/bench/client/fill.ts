/** Leaves records waiting in a queue: `node fill.ts <dataDir> <count>`. */
import { startTelemetry } from '@roost-telemetry/electron/node';

const [dataDir = '', count = '0'] = process.argv.slice(2);
const telemetry = startTelemetry({ dataDir, maxRecords: 1_000_000, maxBytes: 2 ** 30 });
for (let n = 0; n < Number(count); n += 1) {
  telemetry.track('recording_completed', {
    audio_duration_seconds: n / 10,
    source: 'widget',
    success: true,
    estimated_cost_usd: n / 10_000,
  });
}
await telemetry.close();
