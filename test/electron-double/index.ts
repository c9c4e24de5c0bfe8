/**
 * A double of Electron for machines without its binary: the main process is Node, each window is a page of a real
 * Chromium, with the preload in an isolated world and IPC over DevTools. It holds no Roost logic. Each behaviour
 * cites the Electron document or source that it imitates; paths are those of the electron/electron repository.
 *
 * `createElectronDouble` makes one inside a test's process; `electron.ts` is a stand-in for the binary that runs an
 * app's main script, whose `import … from 'electron'` gets the double; `run-app.ts` starts and drives that one.
 */
import { EventEmitter } from 'node:events';
import { join } from 'node:path';

import type { App, CrashReporter, Dialog, IpcMain, Net, PowerMonitor } from 'electron';
import type { Browser } from 'playwright-core';

import { AppDouble, type AppOptions } from './app.ts';
import { createBrowserWindowClass, type BrowserWindowClass } from './browser-window.ts';
import { IpcMainDouble } from './ipc-main.ts';
import type { Journal, JournalEntry } from './journal.ts';
import { createSessionModule, type SessionModule } from './session.ts';
import { createUtilityProcessModule, type UtilityProcessModule } from './utility-process.ts';

export interface ElectronDoubleOptions extends AppOptions {
  /** Hears what only a person would see: dialogs, the end. Default: kept in `journal`. */
  onJournal?: Journal;
  /** Called instead of ending the process. Default: nothing, for a double inside a test. */
  endProcess?: (exitCode: number) => void;
  /** Default: one is launched when the first window opens, and closed by `close()`. */
  browser?: () => Promise<Browser>;
  /** `crashReporter` really writes dumps of crashed pages, where the Chromium has a Crashpad handler. Default: not. */
  crashpad?: boolean;
}

/** An emitter takes any listener; Electron's types say which events there are, and what they carry. */
type Listening<T extends { on: unknown; once: unknown; off: unknown }> = Pick<T, 'on' | 'once' | 'off'>;

/** What `import … from 'electron'` gives in the main process, as far as the double goes. */
export interface DoubledElectron {
  app: AppDouble & Listening<App>;
  BrowserWindow: BrowserWindowClass;
  ipcMain: IpcMainDouble & Listening<IpcMain>;
  session: SessionModule;
  utilityProcess: UtilityProcessModule;
  net: Pick<Net, 'isOnline' | 'fetch'>;
  powerMonitor: PowerMonitorDouble & Listening<PowerMonitor>;
  dialog: Pick<Dialog, 'showErrorBox'>;
  crashReporter: Pick<CrashReporter, 'start' | 'addExtraParameter' | 'getUploadToServer'>;
}

export interface ElectronDouble {
  electron: DoubledElectron;
  journal: readonly JournalEntry[];
  /** `net.isOnline()` from now on. */
  setOnline(online: boolean): void;
  /** Closes the browser. */
  close(): Promise<void>;
}

class PowerMonitorDouble extends EventEmitter implements Pick<PowerMonitor, 'getSystemIdleTime'> {
  getSystemIdleTime(): number {
    return 0;
  }
}

/**
 * Files are of one origin, so errors of a page's scripts are told in full and modules load: the fuse
 * `grantFileProtocolExtraPrivileges`, on by default (shell/browser/web_contents_preferences.cc).
 */
const FILE_PRIVILEGES = ['--allow-file-access-from-files'];

export function createElectronDouble(options: ElectronDoubleOptions): ElectronDouble {
  const journal: JournalEntry[] = [];
  const note: Journal = (entry) => {
    journal.push(entry);
    options.onJournal?.(entry);
  };
  let launching: Promise<Browser> | null = null;
  let dumpExtra: Record<string, string> | null = null;
  let stopPassingDumps = (): void => {};

  async function launchBrowser(): Promise<Browser> {
    const { findChromium, launchChromium } = await import('./chromium.ts');
    const { findCrashHandler, passDumpsOn } = await import('./crashpad.ts');
    // One process for a page and its iframes, so that DevTools sees them together.
    const args = ['--disable-site-isolation-trials', ...FILE_PRIVILEGES];
    if (!options.crashpad || !dumpExtra || !findCrashHandler(findChromium().executablePath))
      return launchChromium(args);
    const folder = join(options.userData, 'double', 'crashpad');
    stopPassingDumps = passDumpsOn(folder, app.getPath('crashDumps'), dumpExtra);
    return launchChromium(args, folder);
  }
  const launch = (): Promise<Browser> => (launching ??= launchBrowser());
  const browser = options.browser ?? launch;
  let online = true;

  const app = new AppDouble(options, note, options.endProcess ?? (() => undefined));
  const ipcMain = new IpcMainDouble();
  const session = createSessionModule(app);
  const BrowserWindow = createBrowserWindowClass({
    app,
    ipcMain,
    browser,
    defaultSession: () => session.defaultSession,
    fromPartition: session.fromPartition,
  });
  const electron: DoubledElectron = {
    app: app as AppDouble & Listening<App>,
    BrowserWindow,
    ipcMain: ipcMain as IpcMainDouble & Listening<IpcMain>,
    session,
    utilityProcess: createUtilityProcessModule(app),
    net: {
      isOnline: () => online,
      fetch: (input, init) => session.defaultSession.fetch(input, init),
    },
    powerMonitor: new PowerMonitorDouble() as PowerMonitorDouble & Listening<PowerMonitor>,
    dialog: { showErrorBox: (title, content) => note({ type: 'dialog', title, content }) },
    crashReporter: {
      // The first start alone counts: docs/api/crash-reporter.md.
      start(given) {
        note({ type: 'crash_reporter', options: given });
        dumpExtra ??= given.globalExtra ?? {};
      },
      addExtraParameter: () => undefined,
      getUploadToServer: () => false,
    },
  };
  return {
    electron,
    journal,
    setOnline: (now) => (online = now),
    async close() {
      for (const window of BrowserWindow.getAllWindows()) window.webContents.destroy();
      await (await launching)?.close();
      stopPassingDumps();
    },
  };
}
