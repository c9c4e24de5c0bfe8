/**
 * The steps that Electron itself tells: the app's life, its windows, where they went. Never listens to
 * `window-all-closed`: Electron quits on it only while its own listener is the only one
 * (electron/electron lib/browser/init.ts).
 */
import type { BrowserWindow, WebContents } from 'electron';

import type { Breadcrumbs } from '../lib/crash/breadcrumbs.ts';
import type { ElectronHost } from './electron-host.ts';

/** Starts listening. Returns the way to stop. */
export function leaveAppBreadcrumbs(
  { app }: Pick<ElectronHost, 'app'>,
  breadcrumbs: Breadcrumbs,
): () => void {
  let ended = false;
  const leave = (message: string): void => {
    if (!ended) breadcrumbs.add(message);
  };
  const ready = (): void => leave('app is ready');
  const beforeQuit = (): void => leave('app is about to quit');
  const activate = (): void => leave('app activated');
  const windowCreated = (_event: unknown, window: BrowserWindow): void => {
    const name = `window ${window.id}`;
    leave(`${name} created`);
    window.once('closed', () => leave(`${name} closed`));
    window.on('unresponsive', () => leave(`${name} does not respond`));
    window.on('responsive', () => leave(`${name} responds again`));
  };
  const contentsCreated = (_event: unknown, contents: WebContents): void => {
    const name = `page ${contents.id}`;
    contents.on('did-navigate', (_event, url) => leave(`${name} at ${describePlace(url)}`));
    contents.on('did-fail-load', (_event, code) => leave(`${name} failed to load (${code})`));
    contents.on('render-process-gone', (_event, { reason }) => leave(`renderer of ${name} gone: ${reason}`));
  };
  const childGone = (_event: unknown, { type, reason }: { type: string; reason: string }): void =>
    leave(`${type} process gone: ${reason}`);

  app.on('ready', ready);
  app.on('before-quit', beforeQuit);
  app.on('activate', activate);
  app.on('browser-window-created', windowCreated);
  app.on('web-contents-created', contentsCreated);
  app.on('child-process-gone', childGone);
  return () => {
    ended = true;
    app.off('ready', ready);
    app.off('before-quit', beforeQuit);
    app.off('activate', activate);
    app.off('browser-window-created', windowCreated);
    app.off('web-contents-created', contentsCreated);
    app.off('child-process-gone', childGone);
  };
}

/** `https://app.example.com/a/b?c` → `https://app.example.com`, `file:///home/…/index.html` → `file:`. Never throws. */
export function describePlace(url: string): string {
  try {
    const { protocol, host } = new URL(url);
    return protocol === 'http:' || protocol === 'https:' ? `${protocol}//${host}` : protocol;
  } catch {
    return 'nowhere';
  }
}
