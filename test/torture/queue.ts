/** `npm run torture -- queue [--kills 1000] [--seed 1] [--lanes 3] [--hurry]`; needs the built library. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { createTestDatabase, startTestPostgres } from '../helpers/postgres.ts';
import { startTestServer } from '../helpers/server.ts';
import { startFaultServer } from './fault-server.ts';
import { isSound, tortureQueue, type TortureReport } from './queue-lives.ts';
import { toTable } from './table.ts';

export async function run(args: string[]): Promise<boolean> {
  const { values } = parseArgs({
    args,
    options: {
      kills: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      lanes: { type: 'string', default: '3' },
      hurry: { type: 'boolean', default: false },
    },
  });
  const [kills, seed, lanes] = [Number(values.kills), Number(values.seed), Number(values.lanes)];
  const folder = mkdtempSync(join(tmpdir(), 'roost-torture-'));
  const postgres = await startTestPostgres();
  const database = await createTestDatabase(postgres);
  const real = await startTestServer({ database });
  const server = await startFaultServer(real.url);
  const start = performance.now();
  try {
    const report = await tortureQueue({
      kills,
      seed,
      lanes,
      records: 300,
      dataDir: join(folder, 'telemetry'),
      server,
      pool: real.pool,
      hurry: values.hurry,
      progress: (done) => process.stderr.write(`\r${done} of ${kills} kills`),
    });
    process.stderr.write('\n');
    const seconds = Math.round((performance.now() - start) / 1_000);
    process.stdout.write(`${describe(report)}\nseed ${seed}, ${lanes} processes at a time, ${seconds} s\n`);
    return isSound(report);
  } finally {
    await server.close();
    await real.close();
    await database.drop();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function describe({ rows, unreported, pending }: TortureReport): string {
  const numbers = (row: TortureReport['rows'][number]): number[] => {
    return [row.kills, row.captured, row.stored, row.lost, row.doubled, row.requests];
  };
  const total = rows.map(numbers).reduce((sums, row) => sums.map((sum, column) => sum + row[column]!));
  return [
    toTable(
      ['server', 'kills', 'captured', 'stored', 'lost', 'doubled', 'requests'],
      [...rows.map((row) => [row.fault, ...numbers(row)]), ['total', ...total]],
    ),
    `stored although the call had not returned: ${unreported}`,
    `dropped: ${JSON.stringify(pending.dropped)}, problems: ${JSON.stringify(pending.health.problems)}`,
  ].join('\n');
}
