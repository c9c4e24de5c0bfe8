/** Runs an app in Electron itself, driven through its DevTools. */
import { _electron, type Page } from 'playwright-core';

import type { DrivenApp } from './stories-app.ts';

export interface ElectronRun {
  binary: string;
  /** Of the app: holds its package.json. */
  folder: string;
  env: Record<string, string>;
}

export async function runElectron({ binary, folder, env }: ElectronRun): Promise<DrivenApp> {
  const app = await _electron.launch({
    executablePath: binary,
    args: [folder],
    env: { ...(process.env as Record<string, string>), ...env },
  });
  const child = app.process();
  let stderr = '';
  child.stderr?.on('data', (text) => (stderr += String(text)));
  const ended: DrivenApp['ended'] = new Promise((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  await app.firstWindow();
  /** The newest: a window whose page has crashed is replaced by another. */
  const window = (): Page => {
    const newest = app.windows().at(-1);
    if (!newest) throw new Error('The app has no window.');
    return newest;
  };
  return {
    evaluate: async (code) => window().evaluate(code),
    click: async (selector) => window().click(selector),
    screenshot: async (path) => void (await window().screenshot({ path })),
    quit: async () => void (await app.close()),
    async kill() {
      child.kill('SIGKILL');
      return ended;
    },
    stderr: () => stderr,
    ended,
  };
}
