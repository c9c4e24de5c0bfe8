/**
 * Stands in for Electron's binary: `node --unhandled-rejections=warn-with-error-code electron.ts APP`, where APP is an
 * app's folder (with a package.json) or its main script. The script's `electron` is the double. `run-app.ts` starts it.
 *
 * Environment: ELECTRON_DOUBLE_USER_DATA (needed), ELECTRON_DOUBLE_VERSION, ELECTRON_DOUBLE_PACKAGED=1,
 * ELECTRON_DOUBLE_CRASHPAD=1 (dumps of crashed pages), ELECTRON_DOUBLE_JOURNAL (a file that gets one line of JSON for
 * each dialog and such).
 */
import { appendFileSync, existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { obeyRemote } from './remote.ts';
import { createElectronDouble, type DoubledElectron } from './index.ts';

const { ELECTRON_DOUBLE_USER_DATA: userData, ELECTRON_DOUBLE_JOURNAL: journalFile } = process.env;
if (!userData) throw new Error('ELECTRON_DOUBLE_USER_DATA is not set.');
const target = resolve(process.argv[2] ?? '.');
const { appPath, main, packageJson } = findApp(target);

// The path of this file must not show: docs/api/process.md, and lib/browser/init.ts (`process.argv.splice`).
process.argv.splice(1, 1);
Object.defineProperty(process, 'type', { value: 'browser' });

const codeLoaded = Promise.withResolvers<void>();
const exitProcess = process.exit.bind(process);
const double = createElectronDouble({
  userData,
  appPath,
  appVersion: process.env.ELECTRON_DOUBLE_VERSION ?? packageJson.version ?? '0.0.0',
  isPackaged: process.env.ELECTRON_DOUBLE_PACKAGED === '1',
  crashpad: process.env.ELECTRON_DOUBLE_CRASHPAD === '1',
  name: packageJson.productName ?? packageJson.name,
  codeLoaded: codeLoaded.promise,
  endProcess: exitProcess, // the browser ends with its pipe
  onJournal: (entry) => journalFile && appendFileSync(journalFile, `${JSON.stringify(entry)}\n`),
});

// "Don't quit on fatal error": lib/browser/init.ts.
process.on('uncaughtException', (error: Error) => {
  if (process.listenerCount('uncaughtException') > 1) return;
  const stack = error.stack ? error.stack : `${error.name}: ${error.message}`;
  double.electron.dialog.showErrorBox(
    'A JavaScript error occurred in the main process',
    `Uncaught Exception:\n${stack}`,
  );
});
// `process.exit` becomes `app.exit`, which emits neither `before-quit` nor `will-quit`: lib/browser/init.ts.
process.exit = ((code?: number | string | null) => {
  if (code !== undefined) process.exitCode = code;
  double.electron.app.exit(Number(process.exitCode ?? 0));
}) as typeof process.exit;
// shell/common/api/electron_bindings.cc, `Crash`: a null pointer's death.
Object.assign(process, { crash: () => process.kill(process.pid, 'SIGSEGV') });

// Electron's message loop runs until the app quits, whatever Node's has to do.
setInterval(() => undefined, 2 ** 30);

provideElectron(double.electron);
obeyRemote(double.electron, double);
await loadMain();

function findApp(path: string): {
  appPath: string;
  main: string;
  packageJson: { version?: string; name?: string; productName?: string; type?: string };
} {
  if (!statSync(path).isDirectory()) return { appPath: dirname(path), main: path, packageJson: {} };
  const file = join(path, 'package.json');
  const packageJson = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  return { appPath: path, main: join(path, packageJson.main ?? 'index.js'), packageJson };
}

/** `electron` and its aliases, for `import` and `require`: patches/node, "expose the built-in electron module". */
function provideElectron(electron: DoubledElectron): void {
  const key = 'electronDouble';
  Object.defineProperty(globalThis, key, { value: electron });
  const names = Object.keys(electron).map((name) => `export const ${name} = electron.${name};`);
  const sources = {
    module: `const electron = globalThis.${key};\nexport default electron;\n${names.join('\n')}`,
    commonjs: `module.exports = globalThis.${key};`,
  };
  registerHooks({
    resolve(specifier, context, next) {
      if (!['electron', 'electron/main', 'electron/common'].includes(specifier))
        return next(specifier, context);
      const format = context.conditions.includes('require') ? 'commonjs' : 'module';
      return { url: `electron-double:${format}`, format, shortCircuit: true };
    },
    load(url, context, next) {
      if (!url.startsWith('electron-double:')) return next(url, context);
      const format = url.endsWith('module') ? 'module' : 'commonjs';
      return { format, source: sources[format], shortCircuit: true };
    },
  });
}

/** A CommonJS main throws as Node does; an ES module's error is emitted by hand, without the monitor: lib/browser/init.ts. */
async function loadMain(): Promise<void> {
  const isModule = /\.m[jt]s$/.test(main) || (packageJson.type === 'module' && !/\.c[jt]s$/.test(main));
  if (!isModule) {
    codeLoaded.resolve();
    // Out of this module's own evaluation, whose errors Node takes for rejections.
    process.nextTick(() => createRequire(import.meta.url)(main));
    return;
  }
  try {
    await import(pathToFileURL(main).href);
    codeLoaded.resolve();
  } catch (error) {
    codeLoaded.resolve();
    process.emit('uncaughtException', error as Error);
  }
}
