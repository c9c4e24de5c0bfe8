/** `ipcMain`: what pages send and invoke (electron/electron lib/browser/ipc-dispatch.ts, lib/browser/ipc-main-impl.ts). */
import { EventEmitter } from 'node:events';

import type { IpcMain, IpcMainEvent, IpcMainInvokeEvent } from 'electron';

type Handler = (event: IpcMainInvokeEvent, ...args: unknown[]) => unknown;

export class IpcMainDouble
  extends EventEmitter
  implements Pick<IpcMain, 'handle' | 'handleOnce' | 'removeHandler'>
{
  private readonly handlers = new Map<string, Handler>();

  handle(channel: string, handler: Handler): void {
    if (this.handlers.has(channel)) {
      throw new Error(`Attempted to register a second handler for '${channel}'`);
    }
    this.handlers.set(channel, handler);
  }

  handleOnce(channel: string, handler: Handler): void {
    this.handle(channel, (event, ...args) => {
      this.removeHandler(channel);
      return handler(event, ...args);
    });
  }

  removeHandler(channel: string): void {
    this.handlers.delete(channel);
  }

  dispatchMessage(event: IpcMainEvent, channel: string, args: unknown[]): void {
    this.emit(channel, event, ...args);
  }

  /** The answer, or the text that the page's promise rejects with; a throwing handler is printed, as Electron does. */
  async dispatchInvoke(
    event: IpcMainInvokeEvent,
    channel: string,
    args: unknown[],
  ): Promise<{ result: unknown } | { error: string }> {
    const handler = this.handlers.get(channel);
    try {
      if (!handler) throw new Error(`No handler registered for '${channel}'`);
      return { result: await handler(event, ...args) };
    } catch (error) {
      console.error(`Error occurred in handler for '${channel}':`, error);
      return { error: String(error) };
    }
  }
}
