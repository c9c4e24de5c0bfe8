/** The Roost server as a process of its own, so that it can really be gone for a while. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { waitUntil } from './wait-until.ts';

export interface ServerSettings {
  port: number;
  /** Holds the embedded database. */
  dataDir: string;
  ingestKey: string;
  dashboard: { user: string; password: string };
  /** Default: an embedded one. */
  databaseUrl?: string;
}

export interface ServerProcess {
  url: string;
  /** Stops as on Ctrl-C: requests in flight are answered, then the database stops. */
  stop(): Promise<void>;
}

/** The first start makes a database, on a slow disk. */
const START_TIMEOUT_MS = 60_000;
const root = join(import.meta.dirname, '..', '..');

/** Resolves when the server answers. Throws with what it printed where it ended instead. */
export async function startServerProcess(settings: ServerSettings): Promise<ServerProcess> {
  const { DATABASE_URL: _, ...env } = process.env;
  const child = spawn(process.execPath, [join(root, 'server', 'main.ts'), 'serve'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // Ctrl-C reaches the demo, which stops its parts in order
    env: {
      ...env,
      HOST: '127.0.0.1',
      PORT: String(settings.port),
      DATA_DIR: settings.dataDir,
      INGEST_KEYS: settings.ingestKey,
      DASHBOARD_USER: settings.dashboard.user,
      DASHBOARD_PASSWORD: settings.dashboard.password,
      LOG_LEVEL: 'warn',
      ...(settings.databaseUrl ? { DATABASE_URL: settings.databaseUrl } : {}),
    },
  });
  const endWithDemo = (): void => void child.kill('SIGTERM');
  process.once('exit', endWithDemo);
  child.once('exit', () => process.off('exit', endWithDemo));
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      printed = (printed + String(text)).slice(-10_000);
    });
  }
  const url = `http://127.0.0.1:${settings.port}`;
  try {
    await waitUntil(
      'the server to answer',
      async () => {
        if (hasEnded(child)) throw new Error(`The server did not start:\n${printed}`);
        const answer = await fetch(`${url}/health`).catch(() => undefined);
        return answer?.ok === true;
      },
      START_TIMEOUT_MS,
    );
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  return {
    url,
    async stop() {
      if (hasEnded(child)) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
