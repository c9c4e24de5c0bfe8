/** `npm run bench -- export [--rows N]`: how fast `/export/events.csv` is, and that its memory does not grow with the file. */
import { createTestDatabase, startTestPostgres } from '../helpers/postgres.ts';
import { fillEvents, measureCopy, measureExport } from './export-measure.ts';

export const title = 'Export';

const DEFAULT_ROWS = 1_000_000;
const MIB = 2 ** 20;
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export async function run(args: string[]): Promise<string> {
  const at = args.indexOf('--rows');
  const rows = at === -1 ? DEFAULT_ROWS : Number(args[at + 1]);
  const postgres = await startTestPostgres();
  try {
    const small = await measureSize(postgres, Math.round(rows / 10));
    const large = await measureSize(postgres, rows);
    return [
      '| rows | | seconds | rows a second | MiB | memory of the server, idle → most |',
      '| ---: | --- | ---: | ---: | ---: | --- |',
      ...small,
      ...large,
      '',
      'The server process runs with a heap of 128 MB. Its reference, `copy`, is the same view written by PostgreSQL itself, ' +
        'without a server between, without formula escaping.',
    ].join('\n');
  } finally {
    await postgres.stop();
  }
}

async function measureSize(postgres: { url: string; template: string }, rows: number): Promise<string[]> {
  const database = await createTestDatabase(postgres);
  try {
    await fillEvents(database.url, rows);
    const copied = await measureCopy(database.url);
    const exported = await measureExport(database.url);
    if (exported.lines !== rows + 1) throw new Error(`${exported.lines} lines of ${rows} rows`);
    const cells = ({ seconds, bytes }: typeof copied): string =>
      `${seconds.toFixed(1)} | ${whole.format(rows / seconds)} | ${whole.format(bytes / MIB)}`;
    const memory = `${whole.format(exported.idleBytes / MIB)} → ${whole.format(exported.peakBytes / MIB)} MiB`;
    return [
      `| ${whole.format(rows)} | \`/export/events.csv\` | ${cells(exported)} | ${memory} |`,
      `| ${whole.format(rows)} | \`copy\` | ${cells(copied)} | – |`,
    ];
  } finally {
    await database.drop();
  }
}
