/**
 * PostgreSQL refuses to run as root. Started as root (a container, a small server), its processes run as
 * `postgres`, or `nobody` where that user does not exist, who cannot enter private folders such as /root:
 * programs and data that lie below one go to a shared folder instead.
 */
import { chmodSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export interface ProcessOwner {
  uid: number;
  gid: number;
}

/** Whom PostgreSQL's processes run as; null: as ourselves. */
export function processOwner(): ProcessOwner | null {
  if (process.getuid?.() !== 0) return null;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = ['postgres', 'nobody'].map((name) => users.find(([known]) => known === name)).find(Boolean);
  if (!user)
    throw new Error(
      'PostgreSQL does not run as root, and there is no user postgres or nobody: set DATABASE_URL',
    );
  // Negative in macOS (nobody is -2); the system calls take them as unsigned.
  return { uid: Number(user[2]) >>> 0, gid: Number(user[3]) >>> 0 };
}

/** Whether every folder on the way to `path`, and `path` itself, may be entered by everybody. */
export function isReachable(path: string): boolean {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/**
 * Lets everybody enter a folder of Roost's own (not list or read it), where it alone is what stands in the way.
 * True where it could be entered before, or can be now.
 */
export function openFolder(folder: string): boolean {
  if (!isReachable(dirname(resolve(folder)))) return false;
  chmodSync(folder, statSync(folder).mode | 0o111);
  return true;
}

/** A lasting folder that everybody may enter; root alone gets here. */
export function sharedFolder(): string {
  for (const parent of ['/var/lib', tmpdir()]) {
    const folder = join(parent, 'roost');
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 });
      if (isReachable(folder)) return folder;
    } catch {
      // Read-only system folders: the temporary one is next.
    }
  }
  throw new Error(
    'found no folder that PostgreSQL can enter: set DATA_DIR to one outside private folders, or DATABASE_URL',
  );
}
