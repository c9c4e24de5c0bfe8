/** `npm run torture -- chain [--minutes 10] [--seed 1] [--apps 5] [--only FAULT,…]`: see chain/chain-run.ts. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { APP_FAULTS } from './chain/app-faults.ts';
import { type ChainReport, isSound, tortureChain } from './chain/chain-run.ts';
import type { FaultRow } from './chain/ledger.ts';
import { mountSmallDisk, unmountSmallDisk } from './small-disk.ts';
import { toTable } from './table.ts';

/** Room for the queue, its log and little more. */
const SMALL_DISK = '24m';

export async function run(args: string[]): Promise<boolean> {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: 'string', default: '10' },
      seed: { type: 'string', default: '1' },
      apps: { type: 'string', default: '5' },
      only: { type: 'string' },
    },
  });
  const [minutes, seed, apps] = [Number(values.minutes), Number(values.seed), Number(values.apps)];
  const only = values.only?.split(',').map((name) => {
    const fault = APP_FAULTS.find((known) => known === name.trim());
    if (!fault) throw new Error(`no fault "${name}"; there are: ${APP_FAULTS.join(', ')}`);
    return fault;
  });
  const folder = mkdtempSync(join(tmpdir(), 'roost-torture-'));
  // PostgreSQL's own user has to get through.
  chmodSync(folder, 0o755);
  const smallDisk = mountSmallDisk(join(folder, 'disk'), SMALL_DISK);
  try {
    const report = await tortureChain({
      seed,
      folder,
      smallDisk,
      apps,
      servers: 3,
      lasts: { least: 2_000, most: 10_000 },
      sleepsAtMostMs: 60_000,
      durationMs: minutes * 60_000,
      ...(only && { only }),
      onProgress: ({ captured, injected, fault }) =>
        process.stderr.write(`\r${captured} records, ${injected} faults, now: ${fault}\u001B[K`),
    });
    process.stderr.write('\n');
    process.stdout.write(`${describe(report)}\nseed ${seed}, ${minutes} minutes of faults\n`);
    if (!smallDisk) process.stdout.write('no disk was filled: mounting one needs root and Linux\n');
    return isSound(report);
  } finally {
    if (smallDisk) unmountSmallDisk(smallDisk);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function describe(report: ChainReport): string {
  const cells = (row: FaultRow): (string | number)[] => [
    row.fault,
    row.injected,
    row.captured,
    row.stored,
    row.doubled,
    row.lost,
    `${(row.worstStallMs / 1_000).toFixed(1)} s`,
  ];
  const dropped = report.pending.map((pending) => JSON.stringify(pending.dropped));
  return [
    toTable(
      ['fault', 'injected', 'captured', 'stored', 'doubled', 'lost', 'worst stall'],
      [...report.rows, report.total].map((row) => cells(row)),
    ),
    `deleted by opting out: ${report.withdrawn}; lost with damaged files: ${report.damaged}; set aside as unreadable: ${report.setAside}`,
    `tracked while opted out, and stored: ${report.stolen}`,
    `stored although the call had not returned: ${report.unreported}, in ${report.lives} lives`,
    `waiting at the end: ${report.pending.reduce((sum, { events, crashes }) => sum + events + crashes, 0)}`,
    `dropped, by profile: ${dropped.join(' ')}`,
    `unexpected ends: ${report.unexpectedEnds.length}${report.unexpectedEnds.map((end) => `\n  ${end}`).join('')}`,
  ].join('\n');
}
