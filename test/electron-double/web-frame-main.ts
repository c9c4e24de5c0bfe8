/** `WebFrameMain`: a frame as the main process sees it. */
import type { WebFrameMain } from 'electron';

import { encode } from './wire.ts';
import type { FrameInfo, PageConnection } from './page-connection.ts';

type FrameFace = Pick<
  WebFrameMain,
  | 'url'
  | 'origin'
  | 'parent'
  | 'top'
  | 'frames'
  | 'detached'
  | 'isDestroyed'
  | 'send'
  | 'routingId'
  | 'processId'
>;

export class WebFrameDouble implements FrameFace {
  readonly routingId: number;
  readonly processId: number;
  private readonly frameId: string;
  private readonly connection: PageConnection;
  private readonly find: (info: FrameInfo) => WebFrameDouble;

  constructor(
    info: FrameInfo,
    connection: PageConnection,
    ids: { routingId: number; processId: number },
    find: (info: FrameInfo) => WebFrameDouble,
  ) {
    this.frameId = info.id;
    this.connection = connection;
    this.routingId = ids.routingId;
    this.processId = ids.processId;
    this.find = find;
  }

  /** Electron throws where the frame is gone: docs/api/web-frame-main.md, `isDestroyed`. */
  private get info(): FrameInfo {
    const info = this.connection.frames.get(this.frameId);
    if (!info) throw new Error('Render frame was disposed before WebFrameMain could be accessed');
    return info;
  }

  get url(): string {
    return this.info.url;
  }

  get origin(): string {
    return this.info.origin;
  }

  get parent(): WebFrameMain | null {
    const { parentId } = this.info;
    const parent = parentId === null ? undefined : this.connection.frames.get(parentId);
    return parent ? this.find(parent).asElectron() : null;
  }

  get top(): WebFrameMain | null {
    const main = this.connection.mainFrame;
    return main ? this.find(main).asElectron() : null;
  }

  get frames(): WebFrameMain[] {
    return [...this.connection.frames.values()]
      .filter((frame) => frame.parentId === this.frameId)
      .map((frame) => this.find(frame).asElectron());
  }

  get detached(): boolean {
    return this.isDestroyed();
  }

  isDestroyed(): boolean {
    return !this.connection.frames.has(this.frameId);
  }

  send(channel: string, ...args: unknown[]): void {
    if (this.isDestroyed())
      throw new Error('Render frame was disposed before WebFrameMain could be accessed');
    this.connection.send(this.frameId, { type: 'message', channel, args: encode(structuredClone(args)) });
  }

  /** The rest of Electron's face is missing here; a test that uses it fails loudly. */
  asElectron(): WebFrameMain {
    return this as unknown as WebFrameMain;
  }
}
