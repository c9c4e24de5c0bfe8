/** An app with the built library installed, and in Electron's place an object that has no more than a start asks for. */
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');

const ELECTRON = `
const nothing = () => {};
module.exports = {
  app: {
    getPath: () => __dirname, getAppPath: () => __dirname, getVersion: () => '1.0.0', isPackaged: true,
    isReady: () => false, whenReady: () => new Promise(nothing), on: nothing, off: nothing,
  },
  ipcMain: { on: nothing, off: nothing, listenerCount: nothing, handle: nothing, removeHandler: nothing },
  crashReporter: { start: nothing }, net: { isOnline: () => true },
  powerMonitor: { on: nothing, off: nothing }, session: { fromPartition: nothing },
};`;

/** Returns the path of a copy of `import.ts` that resolves the library as the app would. */
export function installApp(folder: string): string {
  const modules = join(folder, 'node_modules');
  const library = join(modules, '@roost-telemetry', 'electron');
  const electron = join(modules, 'electron');
  for (const path of [library, electron]) mkdirSync(path, { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(library, 'package.json'));
  cpSync(join(ROOT, 'dist'), join(library, 'dist'), {
    recursive: true,
    filter: (path) => !/\.map$|[\\/]types$/.test(path),
  });
  symlinkSync(join(ROOT, 'node_modules', 'better-sqlite3'), join(modules, 'better-sqlite3'), 'junction');
  writeFileSync(join(electron, 'package.json'), '{ "main": "index.js" }');
  writeFileSync(join(electron, 'index.js'), ELECTRON);
  const program = join(folder, 'import.ts');
  cpSync(join(import.meta.dirname, 'import.ts'), program);
  return program;
}
