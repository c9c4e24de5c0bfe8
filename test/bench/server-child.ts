/** A server in a process of its own, as `npm start` runs it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

export interface ServerChild {
  url: string;
  child: ChildProcess;
  stop(): Promise<void>;
}

/** `args` of Node; resolves when the process has said where it listens. */
export async function startChild(args: string[], env: Record<string, string> = {}): Promise<ServerChild> {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', () => reject(new Error(`ended before it listened: ${output}`)));
    child.stdout.on('data', (chunk) => {
      output += String(chunk);
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
      if (found !== undefined) resolve(found);
    });
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
  };
  return { url, child, stop };
}

/** Roost's server on a database, on a free port, with no limit of requests. */
export function startServer(databaseUrl: string, env: Record<string, string> = {}): Promise<ServerChild> {
  return startChild([...nodeFlags(), join(ROOT, 'server/main.ts'), 'serve'], {
    DATABASE_URL: databaseUrl,
    PORT: '0',
    RATE_LIMIT: '0',
    LOG_LEVEL: 'warn',
    ...env,
  });
}

function nodeFlags(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: { start: string };
  };
  return scripts.start.split(' ').filter((word) => word.startsWith('--'));
}
