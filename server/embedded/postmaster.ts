/** Reads PostgreSQL's own lock file: does this cluster run, and on which port? */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const PID_LINE = 0;
const PORT_LINE = 3;
const STATUS_LINE = 7;
const POLL_MS = 50;
const START_TIMEOUT_MS = 120_000;

export function isRunning(data: string): boolean {
  const lines = readLockFile(data);
  return lines !== null && isPostgres(Number(lines[PID_LINE]));
}

/**
 * The running postmaster of this cluster, once it accepts connections (it may be recovering from a kill); null
 * where none runs. A lock file left by a kill is removed where its process id now belongs to another program,
 * as happens in a restarted container: PostgreSQL itself would refuse to start.
 */
export async function readPostmaster(data: string): Promise<{ port: number } | null> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const lines = readLockFile(data);
    if (lines === null) return null;
    if (!isPostgres(Number(lines[PID_LINE]))) {
      rmSync(lockFile(data), { force: true });
      return null;
    }
    if (lines[STATUS_LINE]?.trim() === 'ready') return { port: Number(lines[PORT_LINE]) };
    if (Date.now() > deadline) throw new Error(`PostgreSQL runs on ${data} but does not become ready`);
    await delay(POLL_MS);
  }
}

function lockFile(data: string): string {
  return join(data, 'postmaster.pid');
}

function readLockFile(data: string): string[] | null {
  if (!existsSync(lockFile(data))) return null;
  try {
    return readFileSync(lockFile(data), 'utf8').split('\n');
  } catch {
    return null;
  }
}

function isPostgres(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: alive, but another user's.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return /postgres/i.test(programOf(pid));
}

function programOf(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/comm`, 'utf8');
    if (process.platform === 'win32') {
      return execFileSync('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH'], { encoding: 'utf8' });
    }
    return execFileSync('ps', ['-p', String(pid), '-o', 'comm='], { encoding: 'utf8' });
  } catch {
    return '';
  }
}
