/** `npm run torture -- chain [--minutes 10] [--seed 1] [--apps 5]`: see chain/chain-run.ts. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { type ChainReport, isSound, tortureChain } from './chain/chain-run.ts';
import type { FaultRow } from './chain/ledger.ts';
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
    },
  });
  const [minutes, seed, apps] = [Number(values.minutes), Number(values.seed), Number(values.apps)];
  const folder = mkdtempSync(join(tmpdir(), 'roost-torture-'));
  // PostgreSQL's own user has to get through.
  chmodSync(folder, 0o755);
  const smallDisk = mountSmallDisk(join(folder, 'disk'));
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
      onProgress: ({ captured, injected, fault }) =>
        process.stderr.write(`\r${captured} records, ${injected} faults, now: ${fault}\u001B[K`),
    });
    process.stderr.write('\n');
    process.stdout.write(`${describe(report)}\nseed ${seed}, ${minutes} minutes of faults\n`);
    if (!smallDisk) process.stdout.write('no disk was filled: mounting one needs root and Linux\n');
    return isSound(report);
  } finally {
    if (smallDisk) execFileSync('umount', [smallDisk]);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Null where this user may not mount. */
function mountSmallDisk(folder: string): string | null {
  mkdirSync(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SMALL_DISK}`, 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    return null;
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
    `deleted by opting out: ${report.withdrawn}; set aside as unreadable: ${report.setAside}`,
    `tracked while opted out, and stored: ${report.stolen}`,
    `stored although the call had not returned: ${report.unreported}, in ${report.lives} lives`,
    `waiting at the end: ${report.pending.reduce((sum, { events, crashes }) => sum + events + crashes, 0)}`,
    `dropped, by profile: ${dropped.join(' ')}`,
    `unexpected ends: ${report.unexpectedEnds.length}${report.unexpectedEnds.map((end) => `\n  ${end}`).join('')}`,
  ].join('\n');
}
