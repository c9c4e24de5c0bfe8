/**
 * One process that starts and closes Roost again and again on one folder: `node many-starts.ts <folder> <starts>`.
 * Writes a `StartsSample` as a line of JSON, twenty times on its way, each time after collecting (`--expose-gc`).
 */
import { readdirSync, writeSync } from 'node:fs';

import { startTelemetry } from '../../../lib/index.ts';
import { canLookIntoProcesses, openFiles, residentBytes } from './gauge.ts';

export interface StartsSample {
  /** Of `process`, for all of its events. */
  listeners: number;
  /** Timers, sockets, open handles: what would keep the process alive. */
  resources: number;
  /** Null where it cannot be known. */
  openFiles: number | null;
  memory: number | null;
  /** In the folder. */
  files: number;
}

const SAMPLES = 20;

const [dataDir = '', starts = ''] = process.argv.slice(2);
const every = Math.max(1, Math.floor(Number(starts) / SAMPLES));
for (let start = 1; start <= Number(starts); start += 1) {
  // No endpoint: nothing is sent, all that is captured stays.
  const telemetry = startTelemetry({ dataDir, logger: () => {}, maxRecords: 100 });
  telemetry.track('dictionary_used', { count: start });
  await telemetry.close();
  if (start % every === 0) writeSync(1, `${JSON.stringify(sample())}\n`);
}

function sample(): StartsSample {
  globalThis.gc?.();
  const events = [...process.eventNames()];
  return {
    listeners: events.reduce((sum, name) => sum + process.listenerCount(name), 0),
    resources: process.getActiveResourcesInfo().length,
    openFiles: canLookIntoProcesses ? openFiles(process.pid) : null,
    memory: canLookIntoProcesses ? residentBytes(process.pid) : null,
    files: readdirSync(dataDir).length,
  };
}
