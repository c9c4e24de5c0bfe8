/** The scenarios of `test/electron` on the double: real main-process code, real Chromium. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, it } from 'vitest';

import { createElectronDouble, type ElectronDouble } from '../electron-double/index.ts';
import { buildPreload, buildRawPreload, buildRendererScript } from '../electron/preload-file.ts';
import { Stage, type Surroundings } from '../electron/scenario.ts';
import { scenarios } from '../electron/scenarios.ts';

let folder: string;
let double: ElectronDouble;
let around: Omit<Surroundings, 'folder'>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'roost-electron-'));
  double = createElectronDouble({ userData: folder, appVersion: '1.0.0', appPath: import.meta.dirname });
  await double.electron.app.whenReady();
  around = {
    electron: double.electron,
    preload: buildPreload(folder),
    rawPreload: buildRawPreload(folder),
    rendererScript: buildRendererScript(folder),
  };
});

afterAll(async () => {
  await double.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
});

describe('on the Electron double', { timeout: 120_000 }, () => {
  it.each(scenarios)('$name', async ({ run }) => {
    const stage = new Stage({ ...around, folder: mkdtempSync(join(folder, 'scenario-')) });
    try {
      await run(stage);
    } finally {
      await stage.end();
    }
  });
});
