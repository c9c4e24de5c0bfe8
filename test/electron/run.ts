/**
 * `npm run test:electron`: the scenarios in Electron itself, where its binary is installed. Where it is not, that is said
 * and nothing is run; the same scenarios run on the double in `npm test`.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { findElectron } from '../electron-double/find-electron.ts';
import { scenarios } from './scenarios.ts';

const binary = findElectron();
if (binary === null) {
  console.log(
    `NOT RUN: Electron's binary is not installed here, so none of the ${scenarios.length} Electron scenarios ran in Electron.`,
  );
} else {
  const electronMocha = createRequire(import.meta.url).resolve('electron-mocha/bin/electron-mocha');
  const { status } = spawnSync(
    process.execPath,
    [electronMocha, '--no-sandbox', '--timeout', '60000', join(import.meta.dirname, 'suite.spec.ts')],
    { stdio: 'inherit', env: { ...process.env, ELECTRON_PATH: binary } },
  );
  process.exitCode = status ?? 1;
}
