/** `BrowserWindow`: a page without a visible frame around it. */
import { EventEmitter } from 'node:events';

import type { BrowserWindow, BrowserWindowConstructorOptions } from 'electron';

import { createEvent } from './app.ts';
import type { SessionDouble } from './session.ts';
import { WebContentsDouble, type Surroundings } from './web-contents.ts';

type WindowFace = Pick<
  BrowserWindow,
  | 'id'
  | 'loadURL'
  | 'loadFile'
  | 'close'
  | 'destroy'
  | 'isDestroyed'
  | 'show'
  | 'hide'
  | 'focus'
  | 'isVisible'
  | 'reload'
>;

export interface WindowSurroundings extends Surroundings {
  defaultSession: () => SessionDouble;
  fromPartition: (partition: string) => SessionDouble;
}

export type BrowserWindowClass = ReturnType<typeof createBrowserWindowClass>;

export function createBrowserWindowClass(around: WindowSurroundings) {
  const open = new Set<BrowserWindowDouble>();
  let lastId = 0;

  class BrowserWindowDouble extends EventEmitter implements WindowFace {
    readonly id: number;
    readonly webContents: WebContentsDouble;
    private visible: boolean;
    private destroyed = false;

    constructor(options: BrowserWindowConstructorOptions = {}) {
      super();
      if (!around.app.isReady()) throw new Error('Cannot create BrowserWindow before app is ready');
      lastId += 1;
      this.id = lastId;
      this.visible = options.show ?? true;
      const preferences = options.webPreferences ?? {};
      this.webContents = new WebContentsDouble(around, () => {
        const session = preferences.partition
          ? around.fromPartition(preferences.partition)
          : around.defaultSession();
        // The session's scripts run before the window's own: docs/api/session.md, `registerPreloadScript`.
        const preloads = [...session.framePreloads(), ...(preferences.preload ? [preferences.preload] : [])];
        return {
          preloads,
          inSubframes: preferences.nodeIntegrationInSubFrames ?? false,
          width: options.width ?? 800,
          height: options.height ?? 600,
        };
      });
      open.add(this);
      this.webContents.once('did-finish-load', () => this.emit('ready-to-show', createEvent()));
      around.app.emit('browser-window-created', createEvent(), this);
    }

    static getAllWindows(): BrowserWindowDouble[] {
      return [...open];
    }

    static fromId(id: number): BrowserWindowDouble | null {
      return [...open].find((window) => window.id === id) ?? null;
    }

    static getFocusedWindow(): BrowserWindowDouble | null {
      return [...open].at(-1) ?? null;
    }

    loadURL(url: string): Promise<void> {
      return this.webContents.loadURL(url);
    }

    loadFile(path: string): Promise<void> {
      return this.webContents.loadFile(path);
    }

    reload(): void {
      this.webContents.reload();
    }

    /** `close` may be refused by a listener, `destroy` may not: docs/api/browser-window.md. */
    close(): void {
      if (this.destroyed) return;
      const event = createEvent();
      this.emit('close', event);
      if (!event.defaultPrevented) this.destroy();
    }

    destroy(): void {
      if (this.destroyed) return;
      this.destroyed = true;
      open.delete(this);
      this.webContents.destroy();
      this.emit('closed');
      if (open.size === 0) around.app.emit('window-all-closed');
    }

    isDestroyed(): boolean {
      return this.destroyed;
    }

    isVisible(): boolean {
      return this.visible;
    }

    show(): void {
      this.visible = true;
    }

    hide(): void {
      this.visible = false;
    }

    focus(): void {}
  }

  around.app.closeWindows = () => {
    for (const window of open) {
      const event = createEvent();
      window.emit('close', event);
      if (event.defaultPrevented) return false;
    }
    // While quitting, the last window's end does not emit `window-all-closed`: docs/api/app.md.
    for (const window of open) {
      open.delete(window);
      window.webContents.destroy();
      window.emit('closed');
    }
    return true;
  };
  return BrowserWindowDouble;
}
