/** The scenarios inside Electron's main process, run by electron-mocha: see `run.ts`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  app,
  BrowserWindow,
  crashReporter,
  ipcMain,
  net,
  powerMonitor,
  session,
  utilityProcess,
} from 'electron';

import { buildPreload, buildRawPreload, buildRendererScript } from './preload-file.ts';
import { Stage } from './scenario.ts';
import { scenarios } from './scenarios.ts';

declare const describe: (name: string, define: () => void) => void;
declare const it: (name: string, run: () => Promise<void>) => void;
declare const before: (run: () => Promise<void>) => void;
declare const after: (run: () => void) => void;

describe('in Electron', () => {
  const folder = mkdtempSync(join(tmpdir(), 'roost-electron-'));
  before(() => app.whenReady());
  after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

  for (const { name, run } of scenarios) {
    it(name, async () => {
      const stage = new Stage({
        electron: { app, BrowserWindow, crashReporter, ipcMain, net, powerMonitor, session, utilityProcess },
        folder: mkdtempSync(join(folder, 'scenario-')),
        preload: buildPreload(folder),
        rawPreload: buildRawPreload(folder),
        rendererScript: buildRendererScript(folder),
      });
      try {
        await run(stage);
      } finally {
        await stage.end();
      }
    });
  }
});
