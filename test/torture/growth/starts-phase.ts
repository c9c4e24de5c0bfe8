/** Starts and stops, of the library in one process and of the server as processes, and what they leave behind. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { ServerProcess } from '../server-process.ts';
import { canLookIntoProcesses, fileBytes, type GaugeRow, judge } from './gauge.ts';
import type { StartsSample } from './many-starts.ts';

const MB = 1_024 * 1_024;
/** A start of the server brings up PostgreSQL too: one for so many of the library's. */
const LIBRARY_STARTS_A_SERVER_START = 20;
const LEAST_SERVER_STARTS = 8;

export async function startLibraryOften(folder: string, starts: number): Promise<GaugeRow[]> {
  const dataDir = join(folder, 'starts');
  mkdirSync(dataDir);
  const program = join(import.meta.dirname, 'many-starts.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--expose-gc',
    program,
    dataDir,
    String(starts),
  ]);
  const samples = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as StartsSample);
  const same = { share: 0, plus: 0 };
  return [
    judge(
      { what: 'listeners of the process', unit: '', allowed: same },
      samples.map(({ listeners }) => listeners),
    ),
    judge(
      { what: 'timers and handles', unit: '', allowed: same },
      samples.map(({ resources }) => resources),
    ),
    judge(
      { what: 'files in the folder', unit: '', allowed: same },
      samples.map(({ files }) => files),
    ),
    ...(canLookIntoProcesses
      ? [
          judge(
            { what: 'open files', unit: '', allowed: same },
            samples.map(({ openFiles }) => openFiles!),
          ),
          judge(
            { what: 'memory', unit: 'MB', allowed: { share: 0.1, plus: 8 * MB } },
            samples.map(({ memory }) => memory!),
          ),
        ]
      : []),
  ];
}

export async function startServerOften(
  folder: string,
  starts: number,
): Promise<{ starts: number; rows: GaugeRow[] }> {
  const dataDir = join(folder, 'server-starts');
  const server = new ServerProcess(dataDir);
  const times = Math.max(LEAST_SERVER_STARTS, Math.floor(starts / LIBRARY_STARTS_A_SERVER_START));
  const files: number[] = [];
  const left: number[] = [];
  const bytes: number[] = [];
  try {
    for (let start = 0; start < times; start += 1) {
      await server.start();
      await server.stop();
      files.push(readdirSync(dataDir).length);
      left.push(Number(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))));
      bytes.push(folderBytes(join(dataDir, 'postgres', 'base')));
    }
  } finally {
    await server.stop();
  }
  return {
    starts: times,
    rows: [
      judge({ what: 'files in the data folder', unit: '', allowed: { share: 0, plus: 0 } }, files),
      judge({ what: 'PostgreSQL left running', unit: '', allowed: { limit: 0 } }, left),
      judge({ what: 'files of the databases', unit: 'MB', allowed: { share: 0.02, plus: MB } }, bytes),
    ],
  };
}

function folderBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => fileBytes(join(folder, name)))
    .reduce((sum, bytes) => sum + bytes, 0);
}
