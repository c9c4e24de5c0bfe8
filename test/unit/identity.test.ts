import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect, onTestFinished, test } from 'vitest';

import { openIdentity, type Identity } from '../../lib/identity.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const within = { timeout: 20_000, interval: 20 };

/** The queue's small state. */
function memoryState() {
  const values = new Map<string, string>();
  return {
    getState: <T>(key: string): T | null => JSON.parse(values.get(key) ?? 'null') as T | null,
    setState: (key: string, value: unknown) => void values.set(key, JSON.stringify(value)),
  };
}

interface Opened extends Identity {
  warnings: string[];
  changes: number;
}

function open(dataDir: string, queue = memoryState()): Opened {
  const warnings: string[] = [];
  const news = { count: 0 };
  const identity = openIdentity({
    dataDir,
    queue,
    warn: (kind) => void warnings.push(kind),
    onChange: () => void (news.count += 1),
  });
  onTestFinished(() => identity.close());
  return {
    ...identity,
    get userId() {
      return identity.userId;
    },
    get toErase() {
      return identity.toErase;
    },
    get changes() {
      return news.count;
    },
    warnings,
  };
}

test('an id is made at the first start, and kept', () => {
  const dir = tempDir();
  const { userId } = open(dir);
  expect(userId).toMatch(UUID_V4);
  expect(open(dir).userId).toBe(userId);
  expect(readdirSync(dir)).toEqual(['identity.json']);
});

test('a new id leaves the old one to be erased, until that is done', () => {
  const dir = tempDir();
  const identity = open(dir);
  const old = identity.userId;
  expect(identity.renew()).toBe(old);
  expect(identity.userId).not.toBe(old);
  expect(open(dir)).toMatchObject({ userId: identity.userId, toErase: [old] });
  const second = identity.renew();
  expect(identity.toErase).toEqual([old, second]);
  identity.erased(old);
  expect(open(dir).toErase).toEqual([second]);
});

test.each([
  ['empty', ''],
  ['no JSON', '{{'],
  ['no id', '{"user_id":"me"}'],
  ['null', 'null'],
])('a damaged file is mended from the queue: %s', (_what, content) => {
  const dir = tempDir();
  const queue = memoryState();
  const { userId } = open(dir, queue);
  writeFileSync(join(dir, 'identity.json'), content);
  expect(open(dir, queue).userId).toBe(userId);
  expect(JSON.parse(readFileSync(join(dir, 'identity.json'), 'utf8'))).toMatchObject({ user_id: userId });
});

test('a damaged file with nothing to mend it from gives a new id', () => {
  const dir = tempDir();
  writeFileSync(join(dir, 'identity.json'), '');
  const { userId } = open(dir);
  expect(userId).toMatch(UUID_V4);
  expect(open(dir).userId).toBe(userId);
});

test('a lost file is made again from the queue', () => {
  const queue = memoryState();
  const { userId } = open(tempDir(), queue);
  expect(open(tempDir(), queue).userId).toBe(userId);
});

test('where the file cannot be written the id lasts for the run, and it says so', () => {
  const dir = tempDir();
  mkdirSync(join(dir, 'identity.json'));
  const identity = open(dir);
  expect(identity.userId).toMatch(UUID_V4);
  expect(identity.problems()).toHaveLength(1);
  expect(identity.warnings).toEqual(['identity_unwritable']);
});

test('a new id taken by another process is seen', async () => {
  const dir = tempDir();
  const one = open(dir);
  const other = open(dir);
  other.renew();
  await expect.poll(() => one.userId, within).toBe(other.userId);
  expect(one.changes).toBe(1);
});

test('first starts at the same moment end with one id', async () => {
  const dir = tempDir();
  const program = `
    import { openIdentity } from './lib/identity.ts';
    const queue = { getState: () => null, setState: () => {} };
    await new Promise((resolve) => setTimeout(resolve, ${Date.now() + 1_500} - Date.now()));
    const identity = openIdentity({ dataDir: ${JSON.stringify(dir)}, queue, warn: console.error, onChange: () => {} });
    console.log(identity.userId);
    identity.close();
  `;
  const run = promisify(execFile);
  const starts = Array.from({ length: 4 }, () =>
    run(process.execPath, ['--input-type=module', '--eval', program]),
  );
  const ids = (await Promise.all(starts)).map(({ stdout }) => stdout.trim());
  expect(new Set(ids).size).toBe(1);
  expect(ids[0]).toMatch(UUID_V4);
}, 60_000);
