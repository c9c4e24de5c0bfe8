/** `app`: the life of the application. */
import { EventEmitter } from 'node:events';
import { join } from 'node:path';

import type { App, Event as ElectronEvent } from 'electron';

import type { Journal } from './journal.ts';

export interface AppOptions {
  /** Folder of `app.getPath('userData')`. */
  userData: string;
  /** `app.getVersion()`. */
  appVersion: string;
  /** `app.getAppPath()`: root of the app's own files. */
  appPath: string;
  /** `app.isPackaged`. Default false. */
  isPackaged?: boolean;
  /** `app.getName()`. Default `Electron`. */
  name?: string;
  /** When the main script has run: the app is not ready before (lib/browser/init.ts, `appCodeLoaded`). Default: now. */
  codeLoaded?: Promise<void>;
}

type AppFace = Pick<
  App,
  | 'getPath'
  | 'setPath'
  | 'getVersion'
  | 'getAppPath'
  | 'getName'
  | 'name'
  | 'isPackaged'
  | 'isReady'
  | 'whenReady'
  | 'quit'
  | 'exit'
  | 'focus'
  | 'requestSingleInstanceLock'
>;

export class AppDouble extends EventEmitter implements AppFace {
  readonly isPackaged: boolean;
  name: string;
  private readonly options: AppOptions;
  private readonly journal: Journal;
  private readonly paths = new Map<string, string>();
  private readonly ready: Promise<void>;
  private isNowReady = false;
  private quitting = false;
  /** Closes windows for `quit()`; false where one refuses. Set by the windows, which know the app. */
  closeWindows: () => boolean = () => true;
  /** Ends the process. A double inside a test's own process only notes it. */
  endProcess: (exitCode: number) => void;

  constructor(options: AppOptions, journal: Journal, endProcess: (exitCode: number) => void) {
    super();
    this.options = options;
    this.journal = journal;
    this.endProcess = endProcess;
    this.isPackaged = options.isPackaged ?? false;
    this.name = options.name ?? 'Electron';
    this.ready = (options.codeLoaded ?? Promise.resolve()).then(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      this.isNowReady = true;
      this.emit('will-finish-launching');
      this.emit('ready', createEvent(), {});
    });
    // Electron's own listener, the reason why a second one keeps the app alive: lib/browser/init.ts.
    this.on('window-all-closed', () => {
      if (this.listenerCount('window-all-closed') === 1) this.quit();
    });
  }

  getPath(name: string): string {
    const base = this.options.userData;
    if (name === 'userData' || name === 'sessionData') return this.paths.get(name) ?? base;
    return this.paths.get(name) ?? join(base, name);
  }

  setPath(name: string, path: string): void {
    this.paths.set(name, path);
  }

  getVersion(): string {
    return this.options.appVersion;
  }

  getAppPath(): string {
    return this.options.appPath;
  }

  getName(): string {
    return this.name;
  }

  isReady(): boolean {
    return this.isNowReady;
  }

  whenReady(): Promise<void> {
    return this.ready;
  }

  focus(): void {}

  requestSingleInstanceLock(): boolean {
    return true;
  }

  /** `before-quit`, then all windows close, `will-quit`, `quit`: docs/api/app.md, `app.quit()`. */
  quit(): void {
    if (this.quitting) return;
    const before = createEvent();
    this.emit('before-quit', before);
    if (before.defaultPrevented) return;
    this.quitting = true;
    if (!this.closeWindows()) {
      this.quitting = false; // a `beforeunload` or `close` listener refused
      return;
    }
    const will = createEvent();
    this.emit('will-quit', will);
    if (will.defaultPrevented) {
      this.quitting = false;
      return;
    }
    // Node's own exit code stands: lib/browser/init.ts maps `process.exit` only.
    this.end(0);
  }

  /** Windows close unasked; `before-quit` and `will-quit` are not emitted: docs/api/app.md, `app.exit()`. */
  exit(exitCode = 0): void {
    this.end(exitCode);
  }

  private end(exitCode: number): void {
    this.journal({ type: 'quit', exitCode });
    this.emit('quit', createEvent(), exitCode);
    this.endProcess(exitCode);
  }
}

/** An event as Electron's emitters give it. */
export function createEvent<T extends object>(own?: T): ElectronEvent & T {
  const event = {
    defaultPrevented: false,
    preventDefault() {
      event.defaultPrevented = true;
    },
    ...own,
  };
  return event as ElectronEvent & T;
}
