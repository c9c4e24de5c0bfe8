/**
 * Holds the sources to the import rules of `.dependency-cruiser.json`: who may import whom, and no circles.
 *
 * dependency-cruiser reads TypeScript only through TypeScript's own API, which version 7 does not have yet. So the
 * sources are stripped of their types by esbuild first; imports of types alone are thereby free, as they cost nothing.
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { transformSync } from 'esbuild';

const FOLDERS = ['lib', 'main-process', 'renderer', 'server', 'dashboard', 'demo', 'test', 'scripts'];
const root = dirname(import.meta.dirname);
const stage = mkdtempSync(join(tmpdir(), 'roost-imports-'));

try {
  const sources = FOLDERS.flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root })).filter(
    (file) => !/(^|[\\/])(node_modules|dist|fixtures|peers)[\\/]/.test(file) && !file.endsWith('.d.ts'),
  );
  for (const file of sources) {
    const { code } = transformSync(readFileSync(join(root, file), 'utf8'), { loader: 'ts' });
    const target = join(stage, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, code.replaceAll(/((?:from|import)\s*\(?\s*["']\.[^"']*)\.ts(["'])/g, '$1.js$2'));
  }
  for (const file of ['package.json', 'server/package.json', '.dependency-cruiser.json']) {
    mkdirSync(dirname(join(stage, file)), { recursive: true });
    writeFileSync(join(stage, file), readFileSync(join(root, file)));
  }
  symlinkSync(join(root, 'node_modules'), join(stage, 'node_modules'), 'junction');
  const cruise = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs');
  const staged = FOLDERS.filter((folder) => existsSync(join(stage, folder)));
  const { status } = spawnSync(
    process.execPath,
    [cruise, '--config', '.dependency-cruiser.json', '--output-type', 'err', ...staged],
    { cwd: stage, stdio: 'inherit' },
  );
  process.exitCode = status ?? 1;
} finally {
  rmSync(stage, { recursive: true, force: true });
}
