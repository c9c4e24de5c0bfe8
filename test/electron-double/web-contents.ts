/** `WebContents`: one page, its renderer and its messages. */
import { EventEmitter } from 'node:events';
import { pathToFileURL } from 'node:url';

import type { Browser } from 'playwright-core';
import type { IpcMainEvent, IpcMainInvokeEvent, RenderProcessGoneDetails, WebContents } from 'electron';

import { createEvent, type AppDouble } from './app.ts';
import type { IpcMainDouble } from './ipc-main.ts';
import type { FromPage } from './page/isolated-world.ts';
import { PageConnection, type FrameInfo, type PageEvents, type PageOptions } from './page-connection.ts';
import { WebFrameDouble } from './web-frame-main.ts';
import { decode, encode } from './wire.ts';

export interface Surroundings {
  app: AppDouble;
  ipcMain: IpcMainDouble;
  browser: () => Promise<Browser>;
}

type ContentsFace = Pick<
  WebContents,
  | 'id'
  | 'send'
  | 'getURL'
  | 'getTitle'
  | 'getType'
  | 'isDestroyed'
  | 'isCrashed'
  | 'loadURL'
  | 'loadFile'
  | 'reload'
  | 'executeJavaScript'
  | 'forcefullyCrashRenderer'
  | 'mainFrame'
>;

/** What Linux gives for a renderer that ended by SIGSEGV; Chromium's `Page.crash` writes to address zero. */
const CRASHED: RenderProcessGoneDetails = { reason: 'crashed', exitCode: 139 };

let lastId = 0;

export class WebContentsDouble extends EventEmitter implements ContentsFace {
  readonly id: number;
  private readonly around: Surroundings;
  private readonly pageOptions: () => PageOptions;
  private readonly frameDoubles = new Map<string, WebFrameDouble>();
  private connecting: Promise<PageConnection> | null = null;
  private connection: PageConnection | null = null;
  private renderer = 1;
  private destroyed = false;
  private crashed = false;
  private loaded = false;
  private lastUrl = '';

  constructor(around: Surroundings, pageOptions: () => PageOptions) {
    super();
    lastId += 1;
    this.id = lastId;
    this.around = around;
    this.pageOptions = pageOptions;
    // lib/browser/api/web-contents.ts: the app hears of it too.
    this.on('render-process-gone', (event, details) =>
      around.app.emit('render-process-gone', event, this, details),
    );
    around.app.emit('web-contents-created', createEvent(), this);
  }

  getURL(): string {
    return this.connection?.mainFrame?.url ?? '';
  }

  getTitle(): string {
    return this.getURL();
  }

  getType(): 'window' {
    return 'window';
  }

  isDestroyed(): boolean {
    return this.destroyed;
  }

  isCrashed(): boolean {
    return this.crashed;
  }

  get mainFrame(): WebContents['mainFrame'] {
    return this.frame(this.connection!.mainFrame!).asElectron();
  }

  /** Resolves when the page has finished loading, rejects when it failed: docs/api/web-contents.md, `loadURL`. */
  async loadURL(url: string): Promise<void> {
    this.lastUrl = url;
    this.loaded = false;
    if (this.crashed) await this.replaceRenderer();
    const { page } = await this.connect();
    try {
      await page.goto(url, { waitUntil: 'load' });
    } catch (error) {
      const code = /net::(ERR_\w+)/.exec(String(error))?.[1] ?? 'ERR_FAILED';
      this.emit('did-fail-load', createEvent(), -2, code, url, true, this.renderer, 1);
      throw new Error(`${code} (-2) loading '${url}'`, { cause: error });
    }
  }

  async loadFile(path: string): Promise<void> {
    await this.loadURL(pathToFileURL(path).href);
  }

  reload(): void {
    this.loadURL(this.lastUrl).catch(() => undefined); // told by `did-fail-load`
  }

  send(channel: string, ...args: unknown[]): void {
    const packed = encode(structuredClone(args));
    const main = this.connection?.mainFrame;
    if (main) this.connection!.send(main.id, { type: 'message', channel, args: packed });
  }

  async executeJavaScript(code: string): Promise<unknown> {
    return await (await this.connect()).evaluate(code, 'main');
  }

  forcefullyCrashRenderer(): void {
    this.connection?.crash();
  }

  /** For tests: the page is there, and has loaded. */
  hasLoaded(): boolean {
    return this.loaded && !this.crashed && this.connection !== null;
  }

  /** For tests: evaluates where the preload lives. `electronDoubleRequire('electron')` is there. */
  async evaluateInPreload(code: string, frameUrlPart?: string): Promise<unknown> {
    const connection = await this.connect();
    const frame = [...connection.frames.values()].find(
      ({ url }) => frameUrlPart && url.includes(frameUrlPart),
    );
    return await connection.evaluate(code, 'isolated', frame?.id);
  }

  /** For tests and the demo: the driver's page, to click as a person does. */
  async driverPage(): Promise<PageConnection['page']> {
    return (await this.connect()).page;
  }

  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.connecting?.then(({ page }) => page.close()).catch(() => undefined);
    this.emit('destroyed');
  }

  private connect(): Promise<PageConnection> {
    this.connecting ??= this.around
      .browser()
      .then((browser) => PageConnection.open(browser, this.pageOptions(), this.pageEvents()))
      .then((connection) => (this.connection = connection));
    return this.connecting;
  }

  private async replaceRenderer(): Promise<void> {
    await this.connection?.page.close().catch(() => undefined);
    this.crashed = false;
    this.connecting = null;
    this.connection = null;
    this.frameDoubles.clear();
    this.renderer += 1;
  }

  private pageEvents(): PageEvents {
    return {
      message: (frame, message) => this.receive(frame, message),
      navigated: (frame) => {
        this.frameDoubles.delete(frame.id);
        if (frame.parentId === null) this.emit('did-navigate', createEvent(), frame.url, 200, 'OK');
        else this.emit('did-frame-navigate', createEvent(), frame.url, 200, 'OK', false, this.renderer, 1);
      },
      domReady: () => this.emit('dom-ready', createEvent()),
      loaded: () => {
        this.loaded = true;
        this.emit('did-finish-load', createEvent());
      },
      consoleMessage: (level, message) => this.emit('console-message', createEvent({ level, message })),
      crashed: () => {
        this.crashed = true;
        this.emit('render-process-gone', createEvent(), CRASHED);
      },
      closed: () => undefined,
    };
  }

  private receive(info: FrameInfo | null, message: FromPage): void {
    if (message.type === 'evaluate') {
      this.connection?.evaluate(message.source, 'main', info?.id).catch(() => undefined);
      return;
    }
    const event = this.ipcEvent(info);
    const args = decode(message.args) as unknown[];
    if (message.type === 'send') {
      this.emit('ipc-message', event, message.channel, ...args);
      this.around.ipcMain.dispatchMessage(event as unknown as IpcMainEvent, message.channel, args);
      return;
    }
    void this.around.ipcMain
      .dispatchInvoke(event as unknown as IpcMainInvokeEvent, message.channel, args)
      .then((answer) => {
        if (!info) return;
        const packed =
          'error' in answer ? { error: answer.error } : { result: encode(structuredClone(answer.result)) };
        this.connection?.send(info.id, { type: 'answer', id: message.id, ...packed });
      });
  }

  /** `senderFrame` is null where the frame has gone: docs/api/structures/ipc-main-event.md. */
  private ipcEvent(info: FrameInfo | null): Pick<IpcMainEvent, 'sender' | 'senderFrame' | 'type' | 'ports'> {
    return createEvent({
      type: 'frame' as const,
      sender: this as unknown as WebContents,
      senderFrame: info ? this.frame(info).asElectron() : null,
      processId: this.renderer,
      frameId: 1,
      ports: [],
      reply: (channel: string, ...args: unknown[]) => info && this.frame(info).send(channel, ...args),
    });
  }

  private frame(info: FrameInfo): WebFrameDouble {
    const known = this.frameDoubles.get(info.id);
    if (known) return known;
    const ids = { routingId: this.frameDoubles.size + 1, processId: this.renderer };
    const made = new WebFrameDouble(info, this.connection!, ids, (other) => this.frame(other));
    this.frameDoubles.set(info.id, made);
    return made;
  }
}
