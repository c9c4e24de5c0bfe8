/** Reads PostgreSQL's own lock file: does this cluster run, and on which port? */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const PID_LINE = 0;
const PORT_LINE = 3;
const STATUS_LINE = 7;
const POLL_MS = 50;
const START_TIMEOUT_MS = 120_000;

export function isRunning(data: string): boolean {
  const lock = readLockFile(data);
  return lock !== null && programOf(pidIn(lock)) === 'postgres';
}

/**
 * The running postmaster of this cluster, once it accepts connections (it may be recovering from a kill); null
 * where none runs. A lock file whose process is gone is left to PostgreSQL, which knows what to do. Where the id
 * belongs to another program by now, as happens in a restarted container, or to a process that ended but was not
 * waited for, it would refuse to start: then the file is removed.
 */
export async function readPostmaster(data: string): Promise<{ port: number } | null> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const lock = readLockFile(data);
    if (lock === null) return null;
    const program = programOf(pidIn(lock));
    if (program === 'gone') return null;
    if (program === 'other') {
      // Only if nobody started PostgreSQL since: its lock must not be taken away.
      if (readLockFile(data) === lock) rmSync(lockFile(data), { force: true });
      return null;
    }
    const lines = lock.split('\n');
    const port = Number(lines[PORT_LINE]);
    if (lines[STATUS_LINE]?.trim() === 'ready' && (await accepts(port))) return { port };
    if (Date.now() > deadline) throw new Error(`PostgreSQL runs on ${data} but does not become ready`);
    await delay(POLL_MS);
  }
}

/** False for a process that is just ending. */
function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const finish = (accepted: boolean): void => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('connect', () => finish(true)).once('error', () => finish(false));
  });
}

function lockFile(data: string): string {
  return join(data, 'postmaster.pid');
}

function readLockFile(data: string): string | null {
  if (!existsSync(lockFile(data))) return null;
  try {
    return readFileSync(lockFile(data), 'utf8');
  } catch {
    return null;
  }
}

function pidIn(lock: string): number {
  return Number(lock.split('\n')[PID_LINE]);
}

function programOf(pid: number): 'postgres' | 'other' | 'gone' {
  if (!Number.isInteger(pid) || pid <= 0) return 'gone';
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: alive, but another user's.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return 'gone';
  }
  return /^postgres/i.test(nameOf(pid)) ? 'postgres' : 'other';
}

/** Empty for a process that has ended, though its parent has not asked yet. */
function nameOf(pid: number): string {
  try {
    if (process.platform === 'linux') {
      const [, name = '', state] = /\((.*)\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
      return state === 'Z' ? '' : name;
    }
    if (process.platform === 'win32') {
      const list = execFileSync('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH'], {
        encoding: 'utf8',
      });
      return list.replace(/^"/, '');
    }
    const [state = '', command = ''] = execFileSync('ps', ['-p', String(pid), '-o', 'state=,comm='], {
      encoding: 'utf8',
    })
      .trim()
      .split(/\s+(.*)/);
    return state.startsWith('Z') ? '' : command.replace(/^.*\//, '');
  } catch {
    return '';
  }
}
