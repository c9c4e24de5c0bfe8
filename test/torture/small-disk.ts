/** A disk of a few MiB that may be filled: on Linux, where this user may mount one. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** `size` as mount takes it, such as `24m`. Null where this user may not mount. */
export function mountSmallDisk(folder: string, size: string): string | null {
  mkdirSync(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    return null;
  }
}

export function unmountSmallDisk(folder: string): void {
  execFileSync('umount', [folder]);
}

/** Keeps the disk below `folder` full until `done` resolves. */
export async function whileFull(folder: string, done: () => Promise<unknown>): Promise<void> {
  const filler = join(folder, 'filler');
  const fill = setInterval(() => {
    const { bavail, bsize } = statfsSync(folder);
    try {
      writeFileSync(filler, Buffer.alloc(bavail * bsize), { flag: 'a' });
    } catch (error) {
      // Somebody was quicker with the last of the room.
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }, 200);
  try {
    await done();
  } finally {
    clearInterval(fill);
    rmSync(filler, { force: true });
  }
}
