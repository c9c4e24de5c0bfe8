#!/usr/bin/env -S node --max-semi-space-size=4 --max-old-space-size=256
/** The command `roost-server`. Node's memory is bounded above: it would take 300 MB where 150 do. */
import type { Pool } from 'pg';

import { backupCommand, restoreCommand } from './commands/backup.ts';
import { doctorCommand } from './commands/doctor.ts';
import { ConfigError, type ServerConfig, readConfig } from './config.ts';
import { openDatabase } from './database.ts';
import { describeFailure } from './failure.ts';
import { aggregate } from './jobs/aggregate.ts';
import { removeExpired } from './jobs/retention.ts';
import { describeStart, startServer } from './start.ts';
import { spreadOverCitus } from './store/citus.ts';
import { migrate } from './store/migrate.ts';
import { openPool } from './store/pool.ts';
import { ROLE_NAME, makeReaderRole } from './store/reader-role.ts';

const USAGE = `roost-server <command>

  serve               run the server until SIGTERM or Ctrl-C
  migrate             bring the database's schema up to date
          --dry-run   say what would be done, and do nothing
          --citus     then spread the tables over the nodes of a Citus cluster
  aggregate           bring the rollups up to date
  retention           remove what is older than RETENTION_DAYS
  reader-role NAME    make a database role for SQL tools, or give it a new password
  backup FILE         write everything in the database to a file, while the server goes on
  restore FILE        take a backup into a database without records
          --replace   remove the records that are there first
          --check     read the file to its end, and touch no database
  doctor              look for what is wrong with this installation
          --url URL   and try the server that answers there

Settings are environment variables; docs/settings.md lists them.`;

const COMMANDS: Readonly<Record<string, (args: string[]) => Promise<void>>> = {
  serve: serveCommand,
  migrate: migrateCommand,
  aggregate: aggregateCommand,
  retention: retentionCommand,
  'reader-role': readerRoleCommand,
  backup: backupCommand,
  restore: restoreCommand,
  doctor: doctorCommand,
};

async function serveCommand(): Promise<void> {
  const config = readConfig(process.env);
  // Listened for from the beginning: a signal during the start must not leave an embedded PostgreSQL behind.
  const signal = firstSignal();
  const server = await startServer(config);
  console.log(describeStart(config, server.url));
  await signal;
  await server.stop();
}

/** A second signal ends the process at once. */
function firstSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        resolve();
        process.on(signal, () => process.exit(1));
      });
    }
  });
}

async function migrateCommand(args: string[]): Promise<void> {
  const dryRun = args.includes('--dry-run');
  const database = await openDatabase(readConfig(process.env));
  try {
    const { applied, version } = await migrate(database.url, { dryRun });
    const spread = args.includes('--citus') && !dryRun ? await spreadOverCitus(database.url) : null;
    for (const name of applied) console.log(`${dryRun ? 'would apply' : 'applied'} ${name}`);
    console.log(
      applied.length === 0
        ? `the schema is up to date (${version})`
        : `${applied.length} to version ${version}`,
    );
    if (spread) {
      console.log(`spread by user: ${spread.distributed.join(', ') || 'nothing new'}`);
      console.log(`whole on every node: ${spread.reference.join(', ') || 'nothing new'}`);
    }
  } finally {
    await database.close();
  }
}

async function aggregateCommand(): Promise<void> {
  await onPool(async (pool, { retentionDays }) => {
    const userDays = await aggregate(pool, { retentionDays });
    console.log(`${userDays} user-days brought up to date`);
  });
}

async function retentionCommand(): Promise<void> {
  await onPool(async (pool, { retentionDays }) => {
    const report = await removeExpired(pool, { retentionDays });
    if (report) await aggregate(pool, { retentionDays });
    console.log(
      report
        ? `${report.events} events and ${report.crashes} crashes older than ${retentionDays} days removed`
        : 'another server is removing old records at this moment',
    );
  });
}

async function readerRoleCommand([name = '']: string[]): Promise<void> {
  if (!ROLE_NAME.test(name)) {
    throw new ConfigError('expected reader-role NAME: small letters, digits and _, at most 63');
  }
  const database = await openDatabase(readConfig(process.env));
  try {
    await migrate(database.url);
    console.log(`${name} may read the views: ${await makeReaderRole(database.url, name)}`);
    console.log('The password is shown this once; docs/metabase.md says how to go on.');
  } finally {
    await database.close();
  }
}

async function onPool(work: (pool: Pool, config: ServerConfig) => Promise<void>): Promise<void> {
  const config = readConfig(process.env);
  const database = await openDatabase(config);
  const pool = openPool({ url: database.url });
  try {
    await work(pool, config);
  } finally {
    await pool.end();
    await database.close();
  }
}

async function main([name = 'help', ...args]: string[]): Promise<void> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command) {
    await command(args);
    return;
  }
  console.log(USAGE);
  if (name !== 'help' && name !== '--help') process.exitCode = 1;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`roost-server: ${describeFailure(error)}`);
  process.exitCode = 1;
});
