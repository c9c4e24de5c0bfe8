/** Scripts for pages, as they are published, built from the sources, so that tests need no build before. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { buildSync, type BuildOptions } from 'esbuild';

const root = join(import.meta.dirname, '../..');
const common: BuildOptions = { bundle: true, target: 'chrome120', minifySyntax: true, logLevel: 'warning' };

/** The preload: one CommonJS file. Returns its path. */
export function buildPreload(folder: string): string {
  const outfile = join(folder, 'preload.js');
  buildSync({
    ...common,
    entryPoints: [join(root, 'renderer/preload.ts')],
    outfile,
    external: ['electron'],
    format: 'cjs',
  });
  return outfile;
}

/** The preload, and `raw`: an app's own preload, by which pages forge messages (as JSON, so that `__proto__` passes) and fail. */
export function buildRawPreload(folder: string): string {
  const outfile = join(folder, 'raw-preload.js');
  const raw = `
    const { contextBridge, ipcRenderer } = require('electron');
    contextBridge.exposeInMainWorld('raw', {
      send: (channel, text) => ipcRenderer.send(channel, JSON.parse(text)),
      invoke: (channel, text) => ipcRenderer.invoke(channel, JSON.parse(text)),
      fail: () => setTimeout(() => { throw new Error('in the preload'); }),
    });`;
  writeFileSync(outfile, `${readFileSync(buildPreload(folder), 'utf8')}\n{${raw}}`);
  return outfile;
}

/** The renderer entry as a plain script that sets `roostRenderer`. Returns its path. */
export function buildRendererScript(folder: string): string {
  const outfile = join(folder, 'renderer.js');
  buildSync({
    ...common,
    entryPoints: [join(root, 'renderer/index.ts')],
    outfile,
    format: 'iife',
    globalName: 'roostRenderer',
  });
  return outfile;
}
