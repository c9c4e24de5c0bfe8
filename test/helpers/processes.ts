/** Several processes that record into one folder and send what they can, until nothing waits. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import type { TestServer } from './server.ts';

const PROGRAM = `
  import { setTimeout } from 'node:timers/promises';
  import { startTelemetry } from './lib/index.ts';
  const [endpoint, dataDir, records] = process.argv.slice(1);
  const telemetry = startTelemetry({ endpoint, dataDir, logger: () => {} });
  for (let count = 1; count <= Number(records); count += 1) telemetry.track('dictionary_used', { count });
  while (telemetry.pending().events > 0) {
    await telemetry.flush();
    await setTimeout(50);
  }
  console.log(JSON.stringify({ userId: telemetry.userId, dropped: telemetry.pending().dropped }));
  await telemetry.close();
`;

export interface ProcessesReport {
  /** How many ids they had. */
  users: number;
  /** Of each process. */
  dropped: object[];
  /** In the database: rows, different ids, and the sum of what was counted. */
  stored: { events: number; ids: number; sum: number };
}

/** Each process records `dictionary_used` with count 1 to `records`. */
export async function recordFromProcesses(
  server: TestServer,
  dataDir: string,
  processes: number,
  records: number,
): Promise<ProcessesReport> {
  const run = promisify(execFile);
  const args = ['--input-type=module', '--eval', PROGRAM, server.url, dataDir, String(records)];
  const runs = await Promise.all(Array.from({ length: processes }, () => run(process.execPath, args)));
  const reports = runs.map(({ stdout }) => JSON.parse(stdout) as { userId: string; dropped: object });
  const { rows } = await server.pool.query<ProcessesReport['stored']>(
    `select count(*)::int as events, count(distinct event_id)::int as ids, sum((properties->>'count')::int)::int as sum
     from events where user_id = $1`,
    [reports[0]?.userId],
  );
  return {
    users: new Set(reports.map(({ userId }) => userId)).size,
    dropped: reports.map(({ dropped }) => dropped),
    stored: rows[0] ?? { events: 0, ids: 0, sum: 0 },
  };
}
