/** One page of the browser and what DevTools tells of it: frames, messages of the preload's world, loads and crashes. */
import { randomUUID } from 'node:crypto';

import type { Browser, CDPSession, Page } from 'playwright-core';

import type { FromPage, ToPage } from './page/isolated-world.ts';

/** Electron's name for the preload's world (shell/renderer/electron_render_frame_observer.cc). */
const ISOLATED_WORLD = 'Electron Isolated Context';
const BINDING = 'electronDoubleSend';

export interface FrameInfo {
  id: string;
  parentId: string | null;
  url: string;
  origin: string;
}

export interface PageEvents {
  /** Frame null: it has navigated or gone since it sent. */
  message(frame: FrameInfo | null, message: FromPage): void;
  navigated(frame: FrameInfo): void;
  domReady(): void;
  loaded(): void;
  consoleMessage(level: string, text: string): void;
  crashed(): void;
  closed(): void;
}

export interface PageOptions {
  preloads: readonly string[];
  inSubframes: boolean;
  width: number;
  height: number;
}

export class PageConnection {
  readonly page: Page;
  readonly frames = new Map<string, FrameInfo>();
  private readonly cdp: CDPSession;
  private readonly contexts = new Map<number, { frameId: string; isolated: boolean }>();

  private constructor(page: Page, cdp: CDPSession) {
    this.page = page;
    this.cdp = cdp;
  }

  static async open(browser: Browser, options: PageOptions, events: PageEvents): Promise<PageConnection> {
    const { pageScripts } = await import('./page-scripts.ts'); // apps without a window start the sooner
    const page = await browser.newPage({ viewport: { width: options.width, height: options.height } });
    const cdp = await page.context().newCDPSession(page);
    const connection = new PageConnection(page, cdp);
    connection.listen(events);
    await cdp.send('Page.enable');
    await cdp.send('Runtime.enable');
    await cdp.send('Runtime.addBinding', { name: BINDING, executionContextName: ISOLATED_WORLD });
    const { mainWorld, isolatedWorld } = pageScripts(randomUUID(), options.preloads, options.inSubframes);
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: mainWorld });
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', {
      source: isolatedWorld,
      worldName: ISOLATED_WORLD,
    });
    return connection;
  }

  get mainFrame(): FrameInfo | undefined {
    return [...this.frames.values()].find((frame) => frame.parentId === null);
  }

  /** To the preload's world of a frame; a frame without one drops it, as Electron does. */
  send(frameId: string, message: ToPage): void {
    const context = this.contextOf(frameId, true);
    if (context === null) return;
    const expression = `electronDoubleReceive(${JSON.stringify(message)})`;
    this.cdp.send('Runtime.evaluate', { expression, contextId: context }).catch(() => undefined); // the frame went
  }

  /** Evaluates in the main frame; rejects with the page's error. */
  async evaluate(
    expression: string,
    world: 'main' | 'isolated',
    frameId = this.mainFrame?.id,
  ): Promise<unknown> {
    const context = frameId === undefined ? null : this.contextOf(frameId, world === 'isolated');
    if (context === null) throw new Error(`The page has no ${world} world.`);
    const { result, exceptionDetails } = await this.cdp.send('Runtime.evaluate', {
      expression,
      contextId: context,
      awaitPromise: true,
      returnByValue: true,
      userGesture: true,
    });
    if (exceptionDetails) {
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    }
    return result.value;
  }

  /** Really ends the renderer's process. */
  crash(): void {
    this.cdp.send('Page.crash').catch(() => undefined); // it cannot answer any more
  }

  private contextOf(frameId: string, isolated: boolean): number | null {
    for (const [id, context] of this.contexts) {
      if (context.frameId === frameId && context.isolated === isolated) return id;
    }
    return null;
  }

  private listen(events: PageEvents): void {
    const { cdp, contexts, frames } = this;
    cdp.on('Runtime.executionContextCreated', ({ context }) => {
      const { frameId, isDefault } = (context.auxData ?? {}) as { frameId?: string; isDefault?: boolean };
      if (!frameId || (!isDefault && context.name !== ISOLATED_WORLD)) return; // the driver's own worlds
      contexts.set(context.id, { frameId, isolated: !isDefault });
    });
    cdp.on('Runtime.executionContextDestroyed', ({ executionContextId }) =>
      contexts.delete(executionContextId),
    );
    cdp.on('Runtime.executionContextsCleared', () => contexts.clear());
    cdp.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      if (name !== BINDING) return;
      const context = contexts.get(executionContextId);
      events.message(context ? (frames.get(context.frameId) ?? null) : null, JSON.parse(payload) as FromPage);
    });
    cdp.on('Runtime.consoleAPICalled', ({ type, args }) => {
      events.consoleMessage(type, args.map((arg) => arg.value ?? arg.description ?? '').join(' '));
    });
    cdp.on('Page.frameAttached', ({ frameId, parentFrameId }) => {
      frames.set(frameId, { id: frameId, parentId: parentFrameId, url: '', origin: 'null' });
    });
    cdp.on('Page.frameDetached', ({ frameId, reason }) => {
      if (reason === 'remove') frames.delete(frameId);
    });
    cdp.on('Page.frameNavigated', ({ frame }) => {
      const info: FrameInfo = {
        id: frame.id,
        parentId: frame.parentId ?? null,
        url: frame.url + (frame.urlFragment ?? ''),
        origin: frame.securityOrigin,
      };
      frames.set(frame.id, info);
      events.navigated(info);
    });
    cdp.on('Page.domContentEventFired', () => events.domReady());
    cdp.on('Page.loadEventFired', () => events.loaded());
    this.page.on('crash', () => events.crashed());
    this.page.on('close', () => events.closed());
  }
}
