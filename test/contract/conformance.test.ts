/**
 * The trace in `conformance/`, posted through the API, must give exactly the answers that lie beside it. They
 * were computed from the raw records by a program of its own.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Question, referenceFigures } from '../reference/reference.ts';
import { differences, getFigures } from '../helpers/figures.ts';
import { type TestServer, startTestServer } from '../helpers/server.ts';
import { postTrace } from '../helpers/trace.ts';

const folder = join(import.meta.dirname, 'conformance');
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  await postTrace(server);
});
afterAll(() => server?.close());

const answers: { name: string; path: string; question: Question }[] = [
  {
    name: 'stats-june.json',
    path: '/stats?from=2026-06-01&to=2026-06-30',
    question: { from: '2026-06-01', to: '2026-06-30' },
  },
  {
    name: 'stats-week.json',
    path: '/stats?from=2026-06-08&to=2026-06-14',
    question: { from: '2026-06-08', to: '2026-06-14' },
  },
  {
    name: 'stats-filtered.json',
    path: '/stats?from=2026-05-01&to=2026-06-30&app_version=1.1.0,1.2.0&platform=macOS%2014.6,Windows%2011',
    question: {
      from: '2026-05-01',
      to: '2026-06-30',
      app_version: ['1.1.0', '1.2.0'],
      platform: ['macOS 14.6', 'Windows 11'],
    },
  },
];

test.each(answers)('every figure of $name is what the trace gives', async ({ name, path }) => {
  expect(differences(JSON.parse(read(name)), await getFigures(server, path))).toEqual([]);
});

test.each(answers)('the reference agrees with $name', async ({ name, question }) => {
  expect(differences(JSON.parse(read(name)), await referenceFigures(server.pool, question))).toEqual([]);
});
