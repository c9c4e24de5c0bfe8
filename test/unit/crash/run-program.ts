/** Runs `program.ts` in a Node process of its own, without Roost or with it. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** Spares each process the work of stripping types anew. */
const COMPILE_CACHE = join(import.meta.dirname, '../../../node_modules/.cache/test-compile');

export interface ProgramRun {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  /** Process ids, which differ from run to run, are left out. */
  stderr: string;
}

export interface ProgramOptions {
  failure: string;
  /** Value of `--unhandled-rejections`; default: none, as plain Node starts. */
  mode?: string;
  appListens?: boolean;
  /** Where Roost keeps its queue; without it the program runs without Roost. */
  dataDir?: string;
  endpoint?: string;
  broken?: boolean;
}

export async function runProgram(options: ProgramOptions): Promise<ProgramRun> {
  const { failure, mode, appListens, dataDir, endpoint, broken } = options;
  const flags = [
    ...(mode ? [`--unhandled-rejections=${mode}`] : []),
    ...(dataDir || broken ? ['--import', join(import.meta.dirname, 'with-roost.ts')] : []),
  ];
  const child = spawn(process.execPath, [...flags, join(import.meta.dirname, 'program.ts')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      FAILURE: failure,
      ...(appListens && { APP_LISTENS: '1' }),
      ...(dataDir && { DATA_DIR: dataDir }),
      ...(endpoint && { ENDPOINT: endpoint }),
      ...(broken && { BROKEN: '1' }),
    },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) =>
      resolve({ code, signal, stdout, stderr: stderr.replaceAll(/\(node:\d+\)/g, '(node:…)') }),
    );
  });
}
