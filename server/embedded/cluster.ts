/**
 * The embedded PostgreSQL: made, started, found again after a kill, stopped. Its processes do not belong to
 * ours (pg_ctl detaches them), so that Ctrl-C reaches the server first, and a killed server leaves a database
 * that the next one takes over.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

import { locateBinaries } from './binaries.ts';
import { sharedBuffers } from './memory.ts';
import { type ProcessOwner, openFolder, processOwner, sharedFolder } from './process-owner.ts';
import { isRunning, readPostmaster } from './postmaster.ts';

const run = promisify(execFile);

export interface EmbeddedCluster {
  /** With user and password; to the maintenance database `postgres`. */
  readonly url: string;
  /** Where PostgreSQL keeps its files. */
  readonly folder: string;
  isRunning(): boolean;
  /** Starts it again, on the same port, where it was killed; does nothing while it runs. */
  revive(): Promise<void>;
  stop(): Promise<void>;
}

export interface ClusterOptions {
  /** Folder that holds the cluster, its password and its log. */
  dataDir: string;
  /** Lines for PostgreSQL's configuration. Default: none. */
  settings?: Readonly<Record<string, string>>;
  /** Also skip syncing the new cluster to the disk. Default false; for tests. */
  unsafe?: boolean;
}

const USER = 'roost';
const START_ATTEMPTS = 10;

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  // Paths of sockets are short (107 bytes), folders of users are not.
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // One file a weekday, written anew after a week. What a statement carried stays out of the log.
  logging_collector: 'on',
  log_filename: 'postgresql-%a.log',
  log_truncate_on_rotation: 'on',
  log_rotation_age: '1d',
  log_rotation_size: '0',
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  log_parameter_max_length_on_error: '0',
  max_connections: '60',
};

/** Starts the cluster under `dataDir`, making it first where there is none; finds it where it still runs. */
export async function startCluster(options: ClusterOptions): Promise<EmbeddedCluster> {
  const owner = processOwner();
  const folder = resolve(options.dataDir);
  mkdirSync(folder, { recursive: true });
  const password = readPassword(folder);
  const data = await prepareData(folder, owner, password, options.unsafe === true);
  const port = await ensureStarted(data, owner, {
    ...SETTINGS,
    shared_buffers: sharedBuffers(),
    ...options.settings,
  });
  return {
    url: `postgres://${USER}:${password}@127.0.0.1:${port}/postgres`,
    folder: data,
    isRunning: () => isRunning(data),
    async revive() {
      await ensureStarted(data, owner, null);
    },
    async stop() {
      if (isRunning(data)) await pgCtl(owner, ['stop', '-D', data, '-m', 'fast', '-w', '-t', '60']);
    },
  };
}

/** The password is made once: other users of the machine can reach the port too. */
function readPassword(folder: string): string {
  const file = join(folder, 'postgres-password');
  try {
    writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(file, 'utf8').trim();
}

/**
 * The cluster's own folder: `postgres` below the data folder, or a link there to where PostgreSQL's user can go.
 * It appears under its name only when complete, so that a killed first start leaves nothing half made.
 */
async function prepareData(
  folder: string,
  owner: ProcessOwner | null,
  password: string,
  unsafe: boolean,
): Promise<string> {
  const path = join(folder, 'postgres');
  if (existsSync(path)) return realData(path);
  const parent = owner === null || openFolder(folder) ? folder : sharedFolder();
  const fresh = mkdtempSync(join(parent, 'cluster-'));
  const passwordFile = join(fresh, 'password');
  const data = join(fresh, 'data');
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (owner) for (const made of [fresh, data, passwordFile]) chownSync(made, owner.uid, owner.gid);
  await runAs(owner, 'initdb', [
    ...`-U ${USER} -A scram-sha-256 --encoding=UTF8 --locale=C --no-instructions`.split(' '),
    ...(unsafe ? ['--no-sync'] : []),
    '--pwfile',
    passwordFile,
    '-D',
    data,
  ]);
  rmSync(passwordFile);
  appendFileSync(join(data, 'postgresql.conf'), "\ninclude_if_exists 'roost.conf'\n");
  try {
    if (parent === folder) renameSync(data, path);
    else symlinkSync(data, path, 'dir');
  } catch (error) {
    // Another first start was quicker.
    if (!existsSync(path)) throw error;
  }
  if (parent === folder || realData(path) !== data) rmSync(fresh, { recursive: true, force: true });
  return realData(path);
}

function realData(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return path;
  }
}

/** Starts PostgreSQL unless it runs, and returns its port. Without `settings`: with those it had, port included. */
async function ensureStarted(
  data: string,
  owner: ProcessOwner | null,
  settings: Readonly<Record<string, string>> | null,
): Promise<number> {
  let failure = '';
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt += 1) {
    const running = await readPostmaster(data);
    if (running) return running.port;
    if (settings) await configure(data, settings);
    try {
      await pgCtlStart(owner, data);
    } catch (error) {
      // The port was taken meanwhile, another start was quicker, or what a kill left is just ending: look again.
      failure = `${String(error)} (${join(data, 'start.log')})`;
      await delay(200 * (attempt + 1));
    }
  }
  const running = await readPostmaster(data);
  if (running) return running.port;
  throw new Error(`the embedded PostgreSQL did not start: ${failure}`);
}

async function configure(data: string, settings: Readonly<Record<string, string>>): Promise<void> {
  const port = String(await freePort());
  const lines = Object.entries({ ...settings, port }).map(([name, value]) => `${name} = '${value}'\n`);
  writeFileSync(join(data, 'roost.conf'), lines.join(''));
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', resolve);
  });
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => {
    probe.close(resolve);
  });
  return port;
}

/** Takes the settings from `roost.conf`. */
function pgCtlStart(owner: ProcessOwner | null, data: string): Promise<void> {
  return pgCtl(owner, ['start', '-D', data, '-w', '-t', '120', '-s', '-l', join(data, 'start.log')]);
}

function pgCtl(owner: ProcessOwner | null, args: string[]): Promise<void> {
  return runAs(owner, 'pg_ctl', args);
}

async function runAs(owner: ProcessOwner | null, program: string, args: string[]): Promise<void> {
  const binaries = locateBinaries(owner);
  const { PATH, SystemRoot, TEMP } = process.env;
  try {
    await run(join(binaries, 'bin', program), args, {
      ...owner,
      // A folder that PostgreSQL's user can enter, unlike perhaps ours.
      cwd: binaries,
      // The user's locale decides nothing here, and PG* variables neither.
      env: { PATH, SystemRoot, TEMP, LC_ALL: 'C', TZ: 'UTC' },
    });
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(`${program}: ${stderr?.trim() || message}`, { cause: error });
  }
}
