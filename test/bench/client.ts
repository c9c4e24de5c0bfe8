/** `npm run bench -- client`: what Roost costs the app. Needs the built library; the server runs from its sources. */
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';

import { transform } from 'esbuild';

import { toTable } from '../torture/table.ts';
import { installApp } from './client/installed-app.ts';
import { median } from './client/measure.ts';

export const title = 'Client';

const ROOT = join(import.meta.dirname, '../..');
const EVENTS = 100_000;
const WAITING = 10_000;
/** Separate processes for what happens once in a process's life. */
const STARTS = 9;
/** Such processes too, which take longer. */
const LOOPS = 5;

interface Figure {
  name: string;
  measured: string;
  reference: string;
  goal: string;
  met?: boolean;
}

const PARTS: Readonly<Record<string, (folder: string) => Promise<Figure[]>>> = {
  track: trackFigures,
  start: startFigures,
  import: importFigures,
  tracker: trackerFigures,
  memory: memoryFigures,
  drain: drainFigures,
  loop: loopFigures,
};

/** Parts that were named, such as `npm run bench -- client start`, are printed and not written. */
export function isPartial(args: string[]): boolean {
  return args.length > 0;
}

export async function run(args: string[]): Promise<string> {
  const unknown = args.find((part) => !Object.hasOwn(PARTS, part));
  if (unknown) throw new Error(`there is no part ${unknown}, only ${Object.keys(PARTS).join(', ')}`);
  const folder = mkdtempSync(join(tmpdir(), 'roost-bench-'));
  try {
    const figures: Figure[] = [];
    for (const [part, measure] of Object.entries(PARTS)) {
      if (args.length === 0 || args.includes(part)) figures.push(...(await measure(folder)));
    }
    const rows = figures.map(({ name, measured, reference, goal, met }) => {
      return [name, measured, reference, goal, met === undefined ? '' : met ? 'yes' : 'no'];
    });
    return [toTable(['', 'measured', 'reference', 'goal', 'met'], rows), '', ...NOTES].join('\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const NOTES = [
  'Bare insert: the same row into the same table of a WAL file, by one prepared statement of better-sqlite3.',
  `Starts, imports and memory: median of ${STARTS} processes. Imports are those of an app that has the built package`,
  "installed as ES modules; better-sqlite3 is not counted. Event loop: Node's own monitor at a resolution of",
  `1 ms, which is part of each figure; median of the longest delays of ${LOOPS} processes, and the longest of all. The`,
  'reference writes as many bare rows in the same turns, and deletes them as batches would go. The longest delays are',
  "waits for the disk, when SQLite copies its WAL back, and V8's collector. A server that only answers takes what is",
  'sent, as an app has the real one on another machine; the row below is beside a real one.',
];

async function trackFigures(): Promise<Figure[]> {
  const { trackP50, trackP99, bareP50, bareP99 } = await child<Record<string, number>>('track');
  const [track, bare] = [
    [trackP50!, trackP99!],
    [bareP50!, bareP99!],
  ] as const;
  return [
    {
      name: 'durable `track`, p50',
      measured: micro(track[0]),
      reference: `${micro(bare[0])} bare insert`,
      goal: '≤ 2 × bare',
      met: track[0] <= 2 * bare[0],
    },
    {
      name: 'durable `track`, p99',
      measured: micro(track[1]),
      reference: `${micro(bare[1])} bare insert`,
      goal: '≤ 150 µs',
      met: track[1] <= 150,
    },
  ];
}

async function startFigures(folder: string): Promise<Figure[]> {
  const dataDir = await fillQueue(folder, WAITING);
  const times = async (what: string): Promise<number> =>
    median(
      await repeat(
        STARTS,
        async () => (await child<{ milliseconds: number }>('start', [dataDir, what])).milliseconds,
      ),
    );
  const [roost, bare] = [await times('roost'), await times('bare')];
  return [
    {
      name: '`startTelemetry`, 10,000 waiting',
      measured: milli(roost),
      reference: `${milli(bare)} opening the file and counting its rows`,
      goal: '≤ 15 ms',
      met: roost <= 15,
    },
  ];
}

async function importFigures(folder: string): Promise<Figure[]> {
  const empty = join(folder, 'empty.mjs');
  writeFileSync(empty, 'export {};\n');
  const program = installApp(join(folder, 'app'));
  const run = <T>(...args: string[]): Promise<T> => runProgram<T>(program, args);
  const time = async (specifier: string): Promise<number> => {
    const times = await repeat(STARTS, () => run<{ milliseconds: number }>(specifier));
    return median(times.map(({ milliseconds }) => milliseconds));
  };
  const main = '@roost-telemetry/electron/main';
  const [roost, nothing] = [await time(main), await time(empty)];
  const { bytes } = await run<{ bytes: number }>(main, join(folder, 'app', 'telemetry'));
  return [
    {
      name: 'import of `/main`, cold',
      measured: milli(roost),
      reference: `${milli(nothing)} an empty module`,
      goal: '≤ 25 ms',
      met: roost <= 25,
    },
    {
      name: 'code loaded until `startTelemetry` of `/main` returns, gzip',
      measured: kilobytes(bytes),
      reference: `${kilobytes(await zodBytes())} zod, all of it`,
      goal: '≤ 40 KB',
      met: bytes <= 40 * 1024,
    },
  ];
}

/** What checking would cost with the whole of zod in one bundle. */
async function zodBytes(): Promise<number> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    stdin: { contents: "export * from 'zod'", resolveDir: ROOT },
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
  });
  return gzipSync(outputFiles[0]!.contents).length;
}

async function trackerFigures(): Promise<Figure[]> {
  const code = readFileSync(join(ROOT, 'dist/esm/renderer.js'), 'utf8');
  const minified = await transform(code, { minify: true });
  const bytes = gzipSync(minified.code).length;
  return [
    {
      name: 'tracker for the renderer, gzip',
      measured: kilobytes(bytes),
      reference: `${kilobytes(gzipSync(code).length)} before minifying`,
      goal: '≤ 3 KB',
      met: bytes <= 3 * 1024,
    },
  ];
}

async function memoryFigures(folder: string): Promise<Figure[]> {
  const dataDir = await fillQueue(folder, WAITING);
  const rss = async (args: string[]): Promise<number> =>
    median(await repeat(STARTS, async () => (await child<{ bytes: number }>('memory', args)).bytes));
  const [roost, without] = [await rss([dataDir]), await rss([])];
  return [
    {
      name: 'memory (RSS), 10,000 waiting',
      measured: `+ ${megabytes(roost - without)}`,
      reference: `${megabytes(without)} the same program without Roost`,
      goal: '≤ + 20 MB',
      met: roost - without <= 20 * 2 ** 20,
    },
  ];
}

async function drainFigures(folder: string): Promise<Figure[]> {
  const filled = await fillQueue(folder, EVENTS);
  const { perSecond, remaining } = await besideServer(folder, (url) =>
    child<{ perSecond: number; remaining: number }>('drain', [filled, url]),
  );
  if (remaining > 0) throw new Error(`${remaining} records were not sent`);
  return [
    {
      name: 'draining 100,000 waiting records',
      measured: `${Math.round(perSecond).toLocaleString('en')}/s`,
      reference: 'a Roost server and its database on the same machine',
      goal: '≥ 10,000/s',
      met: perSecond >= 10_000,
    },
  ];
}

async function loopFigures(folder: string): Promise<Figure[]> {
  const loops = (endpoint?: string): Promise<Delays[]> =>
    repeat(LOOPS, async () => {
      const own = mkdtempSync(join(folder, 'loop-'));
      return await child<Delays>('event-loop', [String(EVENTS), own, ...(endpoint ? [endpoint] : [])]);
    });
  const bare = await loops();
  const standIn = await startServer(join(import.meta.dirname, 'client', 'stand-in-server.ts'), [], {});
  const roost = await loops(standIn.url).finally(standIn.stop);
  const beside = await besideServer(folder, loops);
  return [
    {
      name: 'event-loop delay, capturing and sending 100,000, max',
      measured: delays(roost),
      reference: `${delays(bare)} bare inserts and deletes`,
      goal: '≤ 10 ms',
      met: longest(roost) <= 10,
    },
    {
      name: 'the same beside a server with its database on the same disk',
      measured: delays(beside),
      reference: '',
      goal: '',
    },
  ];
}

interface Delays {
  max: number;
  p99: number;
}

const longest = (loops: readonly Delays[]): number => median(loops.map(({ max }) => max));

function delays(loops: readonly Delays[]): string {
  const worst = Math.max(...loops.map(({ max }) => max));
  const p99 = median(loops.map((loop) => loop.p99));
  return `${milli(longest(loops))} (worst ${milli(worst)}, p99 ${milli(p99)})`;
}

async function besideServer<T>(folder: string, work: (url: string) => Promise<T>): Promise<T> {
  const { url, stop } = await startServer(join(ROOT, 'server/main.ts'), ['serve'], {
    DATA_DIR: join(folder, 'server'),
    PORT: '0',
    RATE_LIMIT: '0',
    LOG_LEVEL: 'error',
  });
  return await work(url).finally(stop);
}

/** The folder of a queue in which so many events wait. */
async function fillQueue(folder: string, waiting: number): Promise<string> {
  const dataDir = join(folder, `waiting-${waiting}`);
  if (!existsSync(dataDir)) await child('fill', [dataDir, String(waiting)]);
  return dataDir;
}

async function startServer(
  program: string,
  args: string[],
  env: Record<string, string>,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const process_ = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => {
    process_.once('exit', () => resolve());
  });
  for await (const line of createInterface(process_.stdout)) {
    const url = /http:\/\/[\d.:]+/.exec(line)?.[0];
    if (!url) continue;
    return {
      url,
      async stop() {
        process_.kill('SIGTERM');
        await ended;
      },
    };
  }
  throw new Error('the server ended before it listened');
}

/** Runs a part in a process of its own, and gives what it printed. */
function child<T = undefined>(part: string, args: string[] = []): Promise<T> {
  return runProgram(join(import.meta.dirname, 'client', `${part}.ts`), args);
}

async function runProgram<T>(program: string, args: string[]): Promise<T> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', program, ...args]);
  return (stdout ? JSON.parse(stdout) : undefined) as T;
}

async function repeat<T>(times: number, measure: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let n = 0; n < times; n += 1) results.push(await measure());
  return results;
}

const micro = (value: number): string => `${value.toFixed(1)} µs`;
const milli = (value: number): string => `${value.toFixed(1)} ms`;
const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`;
const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;
