/**
 * `npm run bench -- peers [--at-once 12] [--only NAME]`: Roost and published SDKs under the same faults, for
 * docs/comparison.md. What they need is a package of its own in `peers/`, which is installed here when it is missing.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export const title = 'Killed, and started again';
export const page = 'comparison.md';

const PACKAGE = join(import.meta.dirname, 'peers');
const BUILT = join(import.meta.dirname, '../../dist/esm/node.js');

export async function run(args: string[]): Promise<string> {
  if (!existsSync(BUILT)) throw new Error('the library is not built: npm run build');
  if (!existsSync(join(PACKAGE, 'node_modules'))) {
    execFileSync('npm', ['ci', '--ignore-scripts'], {
      cwd: PACKAGE,
      stdio: ['ignore', 'inherit', 'inherit'],
      shell: process.platform === 'win32',
    });
  }
  return execFileSync(process.execPath, [join(PACKAGE, 'run.ts'), ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
