/**
 * Runs an app's main script on the double, as a process of its own that can really crash and start again, and drives
 * its windows.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { JournalEntry } from './journal.ts';
import type { Answer, Request } from './remote.ts';

export interface RunOptions {
  /** Main script, or the folder of an app with a package.json. */
  main: string;
  /** `app.getPath('userData')`; made where it is missing. The browser's own files lie in it too. */
  userData: string;
  version?: string;
  packaged?: boolean;
  /** Crashed pages leave dumps, where the Chromium has a Crashpad handler. Default: not. */
  crashpad?: boolean;
  args?: string[];
  env?: Record<string, string>;
}

export interface RunningApp {
  readonly process: ChildProcess;
  /** All of it so far. */
  stdout(): string;
  stderr(): string;
  /** Dialogs and such, so far. */
  journal(): JournalEntry[];
  /** Waits for the window to load. `window` counts from 0, default 0. Rejects with the page's error. */
  evaluate(code: string, window?: number): Promise<unknown>;
  evaluateInPreload(code: string, window?: number): Promise<unknown>;
  click(selector: string, window?: number): Promise<void>;
  waitFor(selector: string, window?: number): Promise<void>;
  screenshot(path: string, window?: number): Promise<void>;
  crashRenderer(window?: number): Promise<void>;
  closeWindow(window?: number): Promise<void>;
  setOnline(online: boolean): Promise<void>;
  /** As the user quits; resolves when the process has ended. */
  quit(): Promise<AppEnd>;
  kill(signal?: NodeJS.Signals): Promise<AppEnd>;
  readonly ended: Promise<AppEnd>;
}
export interface AppEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export function runApp(options: RunOptions): RunningApp {
  const { main, userData, version, packaged, crashpad, args = [], env } = options;
  mkdirSync(userData, { recursive: true });
  // The driver keeps its files in the temporary folder, and leaves them there when the app is killed.
  const temporary = join(userData, 'double');
  mkdirSync(temporary, { recursive: true });
  const journalFile = join(temporary, 'journal.jsonl');
  const child = spawn(
    process.execPath,
    ['--unhandled-rejections=warn-with-error-code', join(import.meta.dirname, 'electron.ts'), main, ...args],
    {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        ...process.env,
        TMPDIR: temporary,
        ELECTRON_DOUBLE_USER_DATA: userData,
        ELECTRON_DOUBLE_JOURNAL: journalFile,
        ...(version && { ELECTRON_DOUBLE_VERSION: version }),
        ...(packaged && { ELECTRON_DOUBLE_PACKAGED: '1' }),
        ...(crashpad && { ELECTRON_DOUBLE_CRASHPAD: '1' }),
        ...env,
      },
    },
  );
  let stdout = '';
  let stderr = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text));

  const asked = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let requests = 0;
  child.on('message', (answer: Answer) => {
    const { resolve, reject } = asked.get(answer.id)!;
    asked.delete(answer.id);
    if (answer.error === undefined) resolve(answer.value);
    else reject(new Error(answer.error));
  });
  const ended = new Promise<AppEnd>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      for (const { reject } of asked.values())
        reject(new Error(`The app ended (${signal ?? code}): ${stderr}`));
      asked.clear();
      resolve({ code, signal });
    });
  });
  const ask = (request: Request): Promise<unknown> =>
    new Promise((resolve, reject) => {
      requests += 1;
      asked.set(requests, { resolve, reject });
      child.send({ ...request, id: requests }, (error) => error && reject(error));
    });

  return {
    process: child,
    stdout: () => stdout,
    stderr: () => stderr,
    journal: () => readJournal(journalFile),
    evaluate: (code, window) => ask({ do: 'evaluate', code, window }),
    evaluateInPreload: (code, window) => ask({ do: 'evaluate-in-preload', code, window }),
    click: async (selector, window) => void (await ask({ do: 'click', selector, window })),
    waitFor: async (selector, window) => void (await ask({ do: 'wait-for', selector, window })),
    screenshot: async (path, window) => void (await ask({ do: 'screenshot', path, window })),
    crashRenderer: async (window) => void (await ask({ do: 'crash-renderer', window })),
    closeWindow: async (window) => void (await ask({ do: 'close-window', window })),
    setOnline: async (online) => void (await ask({ do: 'set-online', online })),
    async quit() {
      await ask({ do: 'quit' });
      return await ended;
    },
    kill(signal = 'SIGKILL') {
      child.kill(signal);
      return ended;
    },
    ended,
  };
}

function readJournal(file: string): JournalEntry[] {
  try {
    const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line) as JournalEntry);
  } catch {
    return []; // nothing yet
  }
}
