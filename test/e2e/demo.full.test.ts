/** `npm run demo -- --once`, as the README says it: the whole tour, and nothing left behind. */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect, test } from 'vitest';

import { findChromium } from '../electron-double/chromium.ts';
import { findCrashHandler } from '../electron-double/crashpad.ts';
import { findElectron } from '../electron-double/find-electron.ts';

const root = join(import.meta.dirname, '..', '..');

test('the tour ends with everything arrived exactly once', { timeout: 300_000 }, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'demo', 'run.ts'), '--once'], {
    cwd: root,
  });
  expect(stdout).toContain('Everything arrived exactly once, and nothing that opt-out forbids.');
  expect(stdout).toContain('8 events wait in the SQLite queue');
  // A dump of the crashed page, where something here writes one; else the tour says that nothing does.
  const dumps = findElectron() !== null || findCrashHandler(findChromium().executablePath) !== null;
  expect(stdout).toContain(
    dumps ? 'Its dump was read on this computer' : 'No Crashpad handler is on this machine',
  );
  expect(readdirSync(join(root, '.roost')).filter((name) => name.startsWith('demo-'))).toEqual([]);
});
