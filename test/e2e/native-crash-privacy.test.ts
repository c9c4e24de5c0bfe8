/**
 * The canary of native crashes. Two dumps of a real Chromium (a tab and a main process, Linux) with a planted word in
 * their memory and annotations go the whole way: Crashpad's folder, queue, wire, PostgreSQL. The word may be nowhere.
 */
import { mkdirSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';

import { httpTransport } from '../../lib/delivery/http-transport.ts';
import type { Transport } from '../../lib/delivery/transport.ts';
import { bytesSource } from '../../lib/minidump/byte-source.ts';
import { describeDump } from '../../lib/minidump/describe-dump.ts';
import { readMinidump } from '../../lib/minidump/read-minidump.ts';
import { collectMinidumps } from '../../main-process/minidumps.ts';
import { startInElectron } from '../../main-process/start.ts';
import { annotateDump } from '../electron-double/annotate-dump.ts';
import { createElectronDouble } from '../electron-double/index.ts';
import { readDatabaseFiles } from '../helpers/database-files.ts';
import { CANARY, plantCanary } from '../helpers/plant-canary.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/minidumps');
const DUMPS = ['chromium-renderer-linux-x64', 'chromium-browser-linux-x64'];
const RUN = '0b7f8f64-6c1f-4d52-9c0e-2f4f0c8b8a11';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.close());

/** As a process had it that crashed with the canary all over its memory and its environment. */
function plantedDump(name: string): Uint8Array {
  const dump = gunzipSync(readFileSync(join(FIXTURES, `${name}.dmp.gz`)));
  const planted = plantCanary(dump);
  expect(planted.inStack).toBeGreaterThan(100);
  expect(planted.elsewhere).toBeGreaterThan(1_000);
  // It is still the same crash.
  const report = (bytes: Uint8Array) => describeDump(readMinidump(bytesSource(bytes)));
  expect(report(planted.dump)).toEqual(report(dump));
  return annotateDump(planted.dump, {
    roost_run_id: RUN,
    environ: `HOME=/home/${CANARY}`,
    [`${CANARY}_TOKEN`]: CANARY,
    url: `https://${CANARY}.example/`,
  });
}

test('nothing of a crashed process’s memory is in the queue, on the wire or in the database', async () => {
  const double = createElectronDouble({ userData: tempDir(), appVersion: '2.5.0', appPath: '/opt/stories' });
  const http = httpTransport({ endpoint: server.url });
  const wire: string[] = [];
  const transport: Transport = {
    ...http,
    send(batch, signal) {
      wire.push(JSON.stringify(batch));
      return http.send(batch, signal);
    },
  };
  const telemetry = startInElectron(double.electron, {
    logger: () => undefined,
    nativeCrashes: false,
    environment: 'production',
    transport,
  });
  onTestFinished(async () => await telemetry.close());
  const folder = join(double.electron.app.getPath('crashDumps'), 'pending');
  mkdirSync(folder, { recursive: true });
  for (const name of DUMPS) {
    const path = join(folder, `${name}.dmp`);
    writeFileSync(path, plantedDump(name));
    utimesSync(path, Date.now() / 1000 - 60, Date.now() / 1000 - 60);
    expect(readFileSync(path, 'latin1').split(CANARY).length).toBeGreaterThan(1_000);
  }

  const collector = collectMinidumps(double.electron, telemetry, '6f6f3a4e-0000-4000-8000-000000000000');
  onTestFinished(() => collector.close());
  expect(collector.look()).toBe(DUMPS.length);
  expect(readdirSync(folder)).toEqual([]);
  expect(JSON.stringify(telemetry.peek(10))).toContain('SIGSEGV at chromium+0x472eee0');
  expectClean('what is waiting', JSON.stringify(telemetry.peek(10)));
  expectQueueClean(telemetry.dataDir);
  expect(await telemetry.flush()).toMatchObject({ sent: DUMPS.length, remaining: 0 });
  expectQueueClean(telemetry.dataDir);
  expect(wire.join('')).toContain('native_crash');
  expectClean('the wire', wire.join(''));

  const { rows } = await server.pool.query<{ row: string }>('select c::text as row from crashes c');
  expect(rows).toHaveLength(DUMPS.length);
  expectClean('a row', rows.map(({ row }) => row).join('\n'));
  for (const path of [
    `/users/${telemetry.userId}/data`,
    '/stats/crash-groups?from=2026-01-01&to=2026-12-31',
    '/stats/crash-modules?from=2026-01-01&to=2026-12-31',
    '/export/crashes.csv?from=2026-01-01&to=2026-12-31',
    '/stats/recent',
  ]) {
    const answer = await fetch(server.url + path, { headers: server.adminHeaders });
    expect(answer.status, path).toBe(200);
    expectClean(path, await answer.text());
  }
  const { dataFolder } = inject('postgres');
  if (dataFolder === null) return; // a database elsewhere: its files are not here
  let searched = 0;
  for await (const { path, content } of readDatabaseFiles(server.pool, dataFolder)) {
    expectClean(path, content);
    searched += 1;
  }
  expect(searched).toBeGreaterThan(50);
});

function expectClean(where: string, text: string): void {
  expect(text.includes(CANARY) ? `the canary is in ${where}` : 'clean').toBe('clean');
}

function expectQueueClean(dataDir: string): void {
  const files = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((file) =>
    file.isFile(),
  );
  expect(files.map(({ name }) => name)).toContain('queue.db');
  for (const { parentPath, name } of files) expectClean(name, readFileSync(join(parentPath, name), 'latin1'));
}
