/** `session`: partitions, their preload scripts, and `fetch` through Chromium's network stack (Node's here). */
import { EventEmitter } from 'node:events';

import type { PreloadScriptRegistration, Session } from 'electron';

import type { AppDouble } from './app.ts';

type SessionFace = Pick<Session, 'fetch' | 'registerPreloadScript' | 'unregisterPreloadScript'>;

export class SessionDouble extends EventEmitter implements SessionFace {
  private readonly scripts = new Map<string, PreloadScriptRegistration>();

  fetch(input: string | Request, init?: RequestInit): Promise<Response> {
    return globalThis.fetch(input, init);
  }

  registerPreloadScript(script: PreloadScriptRegistration): string {
    const id = script.id ?? `preload-${this.scripts.size + 1}`;
    this.scripts.set(id, script);
    return id;
  }

  unregisterPreloadScript(id: string): void {
    this.scripts.delete(id);
  }

  framePreloads(): string[] {
    return [...this.scripts.values()].filter(({ type }) => type === 'frame').map(({ filePath }) => filePath);
  }
}

export interface SessionModule {
  readonly defaultSession: SessionDouble;
  fromPartition(partition: string): SessionDouble;
}

export function createSessionModule(app: AppDouble): SessionModule {
  const partitions = new Map<string, SessionDouble>();
  const fromPartition = (partition: string): SessionDouble => {
    // shell/browser/api/electron_api_session.cc, `FromPartition`
    if (!app.isReady()) throw new TypeError('Session can only be received when app is ready');
    let known = partitions.get(partition);
    if (!known) {
      partitions.set(partition, (known = new SessionDouble()));
      app.emit('session-created', known);
    }
    return known;
  };
  return {
    fromPartition,
    get defaultSession() {
      return fromPartition('');
    },
  };
}
