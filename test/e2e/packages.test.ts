/** Both packages, packed and installed into an empty project, work there as a stranger would use them. */
import { execFile, spawn } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { PACKAGES, examine, pack as packPackage } from '../../scripts/packages.ts';
import { LICENCES_FILE } from '../../scripts/third-party-licences.ts';

const root = join(import.meta.dirname, '..', '..');
const execFileAsync = promisify(execFile);
const entries = ['main', 'node', 'renderer', 'elements', 'catalogue', 'transport'];

let project: string;
let libraryTarball: string;
let serverTarball: string;

async function run(command: string, args: string[], cwd = project): Promise<string> {
  const path = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  const { stdout } = await execFileAsync(command, args, {
    cwd,
    env: { ...process.env, PATH: path },
    maxBuffer: 64 * 1024 * 1024,
    // npm and the installed commands are scripts there.
    shell: process.platform === 'win32' && command !== process.execPath,
  });
  return stdout;
}

async function pack(folder: string): Promise<string> {
  const output = await run(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', project],
    folder,
  );
  const [packed] = JSON.parse(output) as [{ filename: string }];
  return join(project, packed.filename);
}

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'roost-packages-'));
  libraryTarball = await pack(root);
  serverTarball = await pack(join(root, 'server'));
  await writeFile(
    join(project, 'package.json'),
    '{ "name": "stranger", "private": true, "type": "module" }\n',
  );
  await run('npm', [
    'install',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    libraryTarball,
    serverTarball,
  ]);
}, 180_000);

afterAll(() => rm(project, { recursive: true, force: true }));

describe('what is packed', () => {
  test.each(PACKAGES)('all that $folder needs is packed, and nothing else', (contents) => {
    expect(examine(packPackage(contents.folder), contents)).toEqual([]);
  });

  test('a file that nobody expects is noticed, and so is one that is missing', () => {
    const [library] = PACKAGES;
    const files = [
      { path: 'dist/esm/main.js.map', size: 1 },
      { path: 'test/unit/a.test.ts', size: 1 },
    ];
    expect(examine({ name: '', size: 1, unpackedSize: 1, files }, library!)).toEqual([
      'dist/esm/main.js.map does not belong there',
      'test/unit/a.test.ts does not belong there',
      ...library!.needed.map((path) => `${path} is missing`),
    ]);
  });

  test('the licences of bundled code go along, and the code names no map', () => {
    const installed = join(project, 'node_modules', '@roost-telemetry');
    const licences = [join('electron', 'dist'), join('server', 'dist', 'dashboard')].map((folder) =>
      readFileSync(join(installed, folder, LICENCES_FILE), 'utf8'),
    );
    for (const name of ['zod', 'uuid']) expect(licences[0]).toMatch(new RegExp(`^${name} \\d`, 'm'));
    expect(licences[1]).toMatch(/^chart\.js \d/m);
    for (const text of licences) expect(text).toContain('Permission is hereby granted');
    const code = globSync('electron/dist/*/*.js', { cwd: installed }).map((file) => join(installed, file));
    expect(code.filter((file) => readFileSync(file, 'utf8').includes('sourceMappingURL'))).toEqual([]);
  });

  test('publint finds nothing in either', async () => {
    const { publint } = await import('publint');
    for (const pkgDir of [root, join(root, 'server')]) {
      const { messages } = await publint({ pkgDir, strict: true });
      expect(messages.filter((message) => message.type !== 'suggestion')).toEqual([]);
    }
  });

  test('types resolve for ESM and CommonJS importers', async () => {
    const attw = join(root, 'node_modules', '@arethetypeswrong', 'cli', 'dist', 'index.js');
    // Ends with an error on any problem; node10 knows no `exports`.
    await run(process.execPath, [attw, libraryTarball, '--profile', 'node16']);
  });
});

describe('the library in an empty project', () => {
  test('every entry resolves; those that need neither Electron nor a page load as ESM and as CommonJS', async () => {
    const list = (names: string[]): string =>
      JSON.stringify(names.map((name) => `@roost-telemetry/electron/${name}`));
    await writeFile(
      join(project, 'resolve.mjs'),
      `${list(entries)}.forEach((entry) => import.meta.resolve(entry));`,
    );
    await run(process.execPath, ['resolve.mjs']);

    const print = (load: string): string =>
      `Promise.all(${list(['node', 'renderer', 'catalogue', 'transport'])}.map(async (entry) => Object.keys(${load})))
        .then((exported) => console.log(JSON.stringify(exported)));`;
    await writeFile(join(project, 'load.mjs'), print('await import(entry)'));
    await writeFile(join(project, 'load.cjs'), print('require(entry)'));
    for (const file of ['load.mjs', 'load.cjs']) {
      const [node, renderer, catalogue, transport] = JSON.parse(
        await run(process.execPath, [file]),
      ) as string[][];
      expect(node).toContain('startTelemetry');
      expect(renderer).toEqual(expect.arrayContaining(['TelemetryClient', 'track', 'captureException']));
      expect(catalogue).toEqual(
        expect.arrayContaining(['defineCatalogue', 'storiesCatalogue', 'estimateTranscriptionCost']),
      );
      expect(transport).toEqual(
        expect.arrayContaining(['httpTransport', 'fileTransport', 'memoryTransport']),
      );
    }
  });

  test('a strict TypeScript project checks event names and properties', async () => {
    const code = (property: string): string => `
      import { startTelemetry } from '@roost-telemetry/electron/node';
      import { memoryTransport, type Transport } from '@roost-telemetry/electron/transport';
      const transport: Transport = memoryTransport();
      const telemetry = startTelemetry({ dataDir: 'data', transport });
      telemetry.track('recording_completed', { ${property}: 120, source: 'widget', success: true });
    `;
    const good = join(project, 'typed');
    await mkdir(good, { recursive: true });
    await writeFile(join(good, 'good.mts'), code('audio_duration_seconds'));
    await writeFile(join(good, 'good.cts'), code('audio_duration_seconds'));
    await writeFile(join(good, 'bad.mts'), code('audio_duration_minutes'));
    const check = (file: string): Promise<string> =>
      run(process.execPath, [
        join(root, 'node_modules', 'typescript', 'bin', 'tsc'),
        ...'--noEmit --strict --target es2022 --module nodenext --types'.split(' '),
        '',
        join('typed', file),
      ]);
    await check('good.mts');
    await check('good.cts');
    await expect(check('bad.mts')).rejects.toThrow();
  });
});

test('the installed server starts, takes records of the installed library, and stops', async () => {
  const port = await freePort();
  const server = spawn(
    process.execPath,
    [join('node_modules', '@roost-telemetry', 'server', 'dist', 'main.js'), 'serve'],
    {
      cwd: project,
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        PORT: String(port),
        DASHBOARD_USER: 'admin',
        DASHBOARD_PASSWORD: 'correct horse battery',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  server.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  server.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => server.once('exit', resolve));
  try {
    await expect
      .poll(
        () =>
          fetch(`http://127.0.0.1:${port}/health`).then(
            (answer) => answer.status,
            () => output.slice(-500),
          ),
        {
          timeout: 60_000,
        },
      )
      .toBe(200);
    await writeFile(
      join(project, 'send.mjs'),
      `import { startTelemetry } from '@roost-telemetry/electron/node';
       const telemetry = startTelemetry({ endpoint: 'http://127.0.0.1:${port}', dataDir: 'telemetry', appVersion: '1.0.0' });
       telemetry.track('app_opened', { startup_time_seconds: 0.4 });
       console.log(JSON.stringify(await telemetry.flush()));
       await telemetry.close();`,
    );
    expect(JSON.parse(await run(process.execPath, ['send.mjs']))).toMatchObject({ sent: 1, remaining: 0 });
    const authorization = `Basic ${btoa('admin:correct horse battery')}`;
    const dashboard = await fetch(`http://127.0.0.1:${port}/dashboard`, { headers: { authorization } });
    expect(dashboard.status).toBe(200);
    const stats = await fetch(`http://127.0.0.1:${port}/stats`, { headers: { authorization } });
    expect(await stats.json()).toMatchObject({ growth: { total_users: 1 } });
  } finally {
    server.kill('SIGTERM');
  }
  expect(await ended, output).toBe(0);
}, 120_000);

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

test('the commands of both packages run', async () => {
  for (const [folder, name] of [
    ['.', 'roost'],
    ['server', 'roost-server'],
  ] as const) {
    const { bin } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8')) as {
      bin: Record<string, string>;
    };
    expect(Object.keys(bin)).toEqual([name]);
    expect(await run(join(project, 'node_modules', '.bin', name), ['--help'])).toMatch(/^(Usage: )?roost/);
  }
});
