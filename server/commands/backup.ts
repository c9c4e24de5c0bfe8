/** `roost-server backup FILE` and `restore FILE`. */
import { parseArgs } from 'node:util';

import { readConfig } from '../config.ts';
import { openDatabase } from '../database.ts';
import { BackupError, type BackupHeader } from '../store/backup/format.ts';
import { checkBackup, restoreBackup } from '../store/backup/restore-backup.ts';
import { writeBackup } from '../store/backup/write-backup.ts';

export async function backupCommand(args: string[]): Promise<void> {
  const { positionals } = parseArgs({ args, allowPositionals: true });
  const file = onlyFile(positionals, 'backup');
  const report = await withDatabase((url) => writeBackup(url, file));
  console.log(`${file}: ${describe(report)}`);
}

export async function restoreCommand(args: string[]): Promise<void> {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: { replace: { type: 'boolean', default: false }, check: { type: 'boolean', default: false } },
  });
  const file = onlyFile(positionals, 'restore');
  if (values.check) {
    console.log(`${file} is whole: ${describe(await checkBackup(file))}`);
    return;
  }
  const { replace } = values;
  const report = await withDatabase((url) => restoreBackup(url, file, { replace }));
  console.log(`restored ${describe(report)}`);
  if (report.erasedAgain > 0) {
    console.log(`${report.erasedAgain} users were erased after the backup was made: erased again`);
  }
}

function onlyFile(positionals: string[], command: string): string {
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw new BackupError(`${command}: give the name of one file`);
  return file;
}

async function withDatabase<T>(work: (url: string) => Promise<T>): Promise<T> {
  const database = await openDatabase(readConfig(process.env));
  try {
    return await work(database.url);
  } finally {
    await database.close();
  }
}

function describe({ rows, schema, created_at }: BackupHeader & { rows: Record<string, number> }): string {
  const { events = 0, crashes = 0, erased_users: tombstones = 0 } = rows;
  const all = Object.values(rows).reduce((sum, count) => sum + count, 0);
  return `${events} events, ${crashes} crashes, ${tombstones} tombstones, ${all} rows in all, of ${created_at}, schema ${schema}`;
}
