/**
 * `npm run torture -- growth [--minutes 60] [--starts 1000] [--rate 2000] [--seed 1]`: what must not grow. A server
 * under steady load, an app at work whose server goes away again and again; then starts and stops without an end.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import type { GaugeRow, Unit } from './growth/gauge.ts';
import { runLoadPhase } from './growth/load-phase.ts';
import { startLibraryOften, startServerOften } from './growth/starts-phase.ts';
import { toTable } from './table.ts';

const SIZES: Readonly<Record<Unit, number>> = { MB: 1_024 * 1_024, KB: 1_024, bytes: 1, '': 1 };

export async function run(args: string[]): Promise<boolean> {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: 'string', default: '60' },
      starts: { type: 'string', default: '1000' },
      rate: { type: 'string', default: '2000' },
      seed: { type: 'string', default: '1' },
    },
  });
  const [minutes, starts] = [Number(values.minutes), Number(values.starts)];
  const folder = mkdtempSync(join(tmpdir(), 'roost-growth-'));
  // PostgreSQL's own user has to get through.
  chmodSync(folder, 0o755);
  try {
    const load = await runLoadPhase({
      folder,
      minutes,
      seed: Number(values.seed),
      rate: Number(values.rate),
      onProgress: (share) => process.stderr.write(`\r${Math.round(share * 100)} %\u001B[K`),
    });
    const library = await startLibraryOften(folder, starts);
    const server = await startServerOften(folder, starts);
    process.stderr.write('\n');
    const sections: [string, GaugeRow[]][] = [
      [
        `${minutes} minutes: ${load.accepted.toLocaleString('en')} records accepted, ${load.erasures} users erased`,
        load.rows,
      ],
      [`the library started and closed ${starts} times in one process`, library],
      [`the server started and ended ${server.starts} times, PostgreSQL with it`, server.rows],
    ];
    process.stdout.write(`${sections.map(([title, rows]) => `${title}\n\n${describe(rows)}\n`).join('\n')}`);
    process.stdout.write(`\nseed ${values.seed}\n`);
    return sections.every(([, rows]) => rows.every(({ flat }) => flat));
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function describe(rows: readonly GaugeRow[]): string {
  return toTable(
    ['what', 'after warming up', 'at the end', 'highest', 'allowed', 'flat'],
    rows.map(({ what, unit, early, late, highest, bound, flat }) => [
      what,
      ...[early, late, highest, bound].map((value) => inUnit(value, unit)),
      flat ? 'yes' : 'no',
    ]),
  );
}

function inUnit(value: number, unit: Unit): string {
  const digits = unit === 'MB' ? 1 : 0;
  const shown = (value / SIZES[unit]).toLocaleString('en', { maximumFractionDigits: digits });
  return unit === '' ? shown : `${shown} ${unit}`;
}
