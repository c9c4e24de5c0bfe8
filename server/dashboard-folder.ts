/** Where the built dashboard lies: beside the built server, or beside the sources after a build. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Null where it is not built. */
export function dashboardFolder(): string | null {
  const folders = [
    join(import.meta.dirname, 'dashboard'),
    join(import.meta.dirname, '..', 'dashboard', 'dist'),
  ];
  return folders.find((folder) => existsSync(join(folder, 'index.html'))) ?? null;
}
