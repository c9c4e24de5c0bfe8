/**
 * Crashpad, where the Chromium in use brings its handler: crashed tabs leave real dumps where Electron's would lie.
 * Electron hands `globalExtra` to its handler, which writes it into each dump (shell/browser/api/
 * electron_api_crash_reporter.cc). Chromium starts its handler without, so the double adds it afterwards.
 */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

import { annotateDump } from './annotate-dump.ts';

const HANDLER = 'chrome_crashpad_handler';
/** Debian's `/usr/bin/chromium` is a script that starts what lies here. */
const FOLDERS_OF_SCRIPTS = ['/usr/lib/chromium', '/usr/lib/chromium-browser'];

/** The handler of a Chromium; null where there is none, and on macOS and Windows, where this was never tried. */
export function findCrashHandler(executablePath: string): string | null {
  if (process.platform !== 'linux') return null;
  const folder = dirname(realpathSync(executablePath));
  const folders = folder === '/usr/bin' ? FOLDERS_OF_SCRIPTS : [folder];
  return folders.map((place) => join(place, HANDLER)).find((path) => existsSync(path)) ?? null;
}

/**
 * Moves each dump that Chromium writes below `from` to `crashDumps`, with `globalExtra` in it. Holds no process open.
 * Returns the way to stop.
 */
export function passDumpsOn(
  from: string,
  crashDumps: string,
  globalExtra: Readonly<Record<string, string>>,
): () => void {
  const finished = join(from, 'pending');
  const target = join(crashDumps, 'pending');
  for (const folder of [finished, target]) mkdirSync(folder, { recursive: true });
  const pass = (name: string): void => {
    const path = join(finished, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!name.endsWith('.dmp') || !stats) return;
    const aside = join(crashDumps, name);
    writeFileSync(aside, annotateDump(readFileSync(path), globalExtra));
    utimesSync(aside, stats.atime, stats.mtime);
    renameSync(aside, join(target, name));
    rmSync(path);
  };
  // Crashpad renames what it has finished into the folder.
  const watcher = watch(finished, (_event, name) => name !== null && pass(name));
  watcher.unref();
  for (const name of readdirSync(finished)) pass(name);
  return () => watcher.close();
}
