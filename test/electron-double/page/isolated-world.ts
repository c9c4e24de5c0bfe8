/**
 * Runs in the preload's world: gives it `require('electron')` with what a sandboxed preload gets, and `process`
 * (https://www.electronjs.org/docs/latest/tutorial/sandbox#preload-scripts).
 */
import type { ContextBridge, IpcRenderer, IpcRendererEvent, WebFrame } from 'electron';

import { decode, encode } from '../wire.ts';
import { connectWorlds, EVALUATE, EXPOSE } from './cross-world.ts';

declare const WORLD_TOKEN: string;
type Preload = (require: unknown, process: unknown, module: { exports: object }, exports: object) => void;
declare const PRELOADS: readonly { name: string; run: Preload }[];
declare const IN_SUBFRAMES: boolean;

type Listener = (event: IpcRendererEvent, ...args: unknown[]) => void;
export type FromPage =
  | { type: 'send'; channel: string; args: string }
  | { type: 'invoke'; id: number; channel: string; args: string }
  | { type: 'evaluate'; source: string };
export type ToPage =
  | { type: 'message'; channel: string; args: string }
  | { type: 'answer'; id: number; error?: string; result?: string };

interface IsolatedGlobals {
  electronDoubleSend: (message: string) => void;
  electronDoubleReceive: (message: ToPage) => void;
  electronDoubleRequire: (name: string) => unknown;
}
const globals = globalThis as unknown as IsolatedGlobals;

function startPreloads(): void {
  const main = connectWorlds(WORLD_TOKEN, 'isolated', 'main');
  const send = globals.electronDoubleSend;
  const tell = (message: FromPage): void => send(JSON.stringify(message));
  const listeners = new Map<string, Set<Listener>>();
  const answers = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let invocations = 0;

  /** Structured clone first, so that what Electron refuses is refused here. */
  const pack = (args: unknown[]): string => {
    try {
      return encode(structuredClone(args));
    } catch {
      throw new Error('An object could not be cloned.');
    }
  };

  globals.electronDoubleReceive = (message) => {
    if (message.type === 'message') {
      const event = { sender: ipcRenderer, ports: [], preventDefault() {}, defaultPrevented: false };
      for (const listener of listeners.get(message.channel) ?? []) {
        listener(event as unknown as IpcRendererEvent, ...(decode(message.args) as unknown[]));
      }
      return;
    }
    const { resolve, reject } = answers.get(message.id)!;
    answers.delete(message.id);
    if (message.error === undefined) resolve(decode(message.result!));
    else reject(new Error(message.error));
  };

  const ipcRenderer = {
    send: (channel: string, ...args: unknown[]) => tell({ type: 'send', channel, args: pack(args) }),
    // electron/electron lib/renderer/api/ipc-renderer.ts, `invoke`
    async invoke(channel: string, ...args: unknown[]) {
      const packed = pack(args);
      invocations += 1;
      const id = invocations;
      return await new Promise((resolve, reject) => {
        answers.set(id, {
          resolve,
          reject: (error) => reject(new Error(`Error invoking remote method '${channel}': ${error.message}`)),
        });
        tell({ type: 'invoke', id, channel, args: packed });
      });
    },
    on(channel: string, listener: Listener) {
      const known = listeners.get(channel) ?? new Set();
      listeners.set(channel, known.add(listener));
      return this as unknown as IpcRenderer;
    },
    off(channel: string, listener: Listener) {
      listeners.get(channel)?.delete(listener);
      return this as unknown as IpcRenderer;
    },
  } satisfies Pick<IpcRenderer, 'send' | 'invoke' | 'on' | 'off'>;

  const contextBridge = {
    exposeInMainWorld: (key: string, api: unknown) => void main.call(EXPOSE, [key, api]),
  } satisfies Pick<ContextBridge, 'exposeInMainWorld'>;

  const webFrame = {
    // Synchronous, and not subject to the page's CSP: shell/renderer/api/electron_api_web_frame.cc, `ExecuteJavaScript`.
    // Where a CSP of the response's header forbids eval here, DevTools evaluates it a moment later.
    async executeJavaScript(source: string): Promise<unknown> {
      try {
        return main.call(EVALUATE, [source]);
      } catch (error) {
        if (!(error as Error).message.includes('Content Security Policy')) throw error;
        tell({ type: 'evaluate', source });
        return undefined;
      }
    },
  } satisfies Pick<WebFrame, 'executeJavaScript'>;

  const electron = { contextBridge, ipcRenderer, webFrame };
  const requireInPreload = (name: string): unknown => {
    if (name === 'electron') return electron;
    throw new Error(`module not found: ${name}`); // lib/sandboxed_renderer/preload.ts, `preloadRequire`
  };
  globals.electronDoubleRequire = requireInPreload;
  const preloadProcess = {
    type: 'renderer',
    contextIsolated: true,
    sandboxed: true,
    env: {},
    platform: 'linux',
  };
  for (const { name, run } of PRELOADS) {
    try {
      const module = { exports: {} };
      run(requireInPreload, preloadProcess, module, module.exports);
    } catch (error) {
      console.error(`Unable to load preload script: ${name}`);
      console.error(error);
    }
  }
}

// Frames get a preload only where the window says so (`nodeIntegrationInSubFrames`).
if (IN_SUBFRAMES || window === window.top) startPreloads();
