import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { createFile, replaceFile } from '../../lib/atomic-write.ts';
import { tempDir } from '../helpers/temp-dir.ts';

test('replaces the content, and leaves no temporary file', () => {
  const dir = tempDir();
  const path = join(dir, 'file');
  expect(replaceFile(path, 'one')).toBe(true);
  expect(replaceFile(path, 'two')).toBe(true);
  expect(readFileSync(path, 'utf8')).toBe('two');
  expect(readdirSync(dir)).toEqual(['file']);
});

test('asks right before the rename whether it is still wanted', () => {
  const dir = tempDir();
  const path = join(dir, 'file');
  writeFileSync(path, 'of another');
  expect(replaceFile(path, 'ours', () => false)).toBe(false);
  expect(readFileSync(path, 'utf8')).toBe('of another');
  expect(readdirSync(dir)).toEqual(['file']);
});

test('follows links, relative and dangling ones too', () => {
  const dir = tempDir();
  mkdirSync(join(dir, 'real'));
  symlinkSync(join('real', 'target'), join(dir, 'second'));
  symlinkSync('second', join(dir, 'first'));
  replaceFile(join(dir, 'first'), 'content');
  expect(readFileSync(join(dir, 'real', 'target'), 'utf8')).toBe('content');
  expect(readlinkSync(join(dir, 'first'))).toBe('second');
});

test('fails with nothing left behind', () => {
  const dir = tempDir();
  mkdirSync(join(dir, 'folder'));
  expect(() => replaceFile(join(dir, 'folder'), 'x')).toThrow();
  expect(() => replaceFile(join(dir, 'missing', 'file'), 'x')).toThrow();
  expect(readdirSync(dir)).toEqual(['folder']);
});

test('makes a file only where there is none', () => {
  const dir = tempDir();
  const path = join(dir, 'file');
  expect(createFile(path, 'one')).toBe(true);
  expect(createFile(path, 'two')).toBe(false);
  expect(readFileSync(path, 'utf8')).toBe('one');
  expect(readdirSync(dir)).toEqual(['file']);
  expect(() => createFile(join(dir, 'missing', 'file'), 'x')).toThrow();
  expect(existsSync(join(dir, 'missing'))).toBe(false);
});
