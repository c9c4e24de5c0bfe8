import {
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { changeConfig, readConfig } from '../../../lib/consent/config-file.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

function fileWith(content: string | Buffer): string {
  const path = join(tempDir(), 'config.json');
  writeFileSync(path, content);
  return path;
}

test('no file is an empty object', () => {
  expect(readConfig(join(tempDir(), 'config.json'))).toMatchObject({ readable: true, values: {} });
  expect(readConfig(join(tempDir(), 'no', 'folder', 'config.json'))).toMatchObject({ readable: true });
});

test('the three keys are read, others are not looked at', () => {
  const path = fileWith(
    '{"theme":"dark","telemetry_enabled":false,"telemetry_notice_shown_at":"2026-06-01"}',
  );
  expect(readConfig(path)).toMatchObject({
    readable: true,
    values: { telemetry_enabled: false, telemetry_notice_shown_at: '2026-06-01' },
  });
});

test.each([
  ['an empty file', ''],
  ['half a file', '{"telemetry_enabled": tr'],
  ['a list', '[]'],
  ['null', 'null'],
  ['a text', '"on"'],
  ['a flag that is a text', '{"telemetry_enabled": "false"}'],
  ['a flag that is a number', '{"crash_reports_enabled": 0}'],
  ['a flag that is null', '{"telemetry_enabled": null}'],
  ['UTF-16', Buffer.from('{"telemetry_enabled": true}', 'utf16le')],
  ['a trailing comma', '{"telemetry_enabled": true,}'],
])('doubt: %s', (_what, content) => {
  const path = fileWith(content);
  expect(readConfig(path)).toMatchObject({ readable: false, reason: expect.any(String) });
  expect(() => changeConfig(path, { telemetry_enabled: true })).toThrow();
  expect(readFileSync(path)).toEqual(Buffer.from(content));
});

test('doubt: a folder in the place of the file', () => {
  const path = join(tempDir(), 'config.json');
  mkdirSync(path);
  expect(readConfig(path).readable).toBe(false);
});

test.each([
  [
    'indented by two',
    '{\n  "a": 1,\n  "telemetry_enabled": true\n}\n',
    '{\n  "a": 1,\n  "telemetry_enabled": false\n}\n',
  ],
  [
    'by four',
    '{\n    "a": [\n        1\n    ]\n}',
    '{\n    "a": [\n        1\n    ],\n    "telemetry_enabled": false\n}',
  ],
  ['by tabs', '{\n\t"a": 1\n}\n', '{\n\t"a": 1,\n\t"telemetry_enabled": false\n}\n'],
  ['on one line', '{"a":1}', '{"a":1,"telemetry_enabled":false}'],
  ['with CRLF', '{\r\n  "a": 1\r\n}\r\n', '{\r\n  "a": 1,\r\n  "telemetry_enabled": false\r\n}\r\n'],
  [
    'with a byte-order mark',
    '\uFEFF{\n  "a": 1\n}\n',
    '\uFEFF{\n  "a": 1,\n  "telemetry_enabled": false\n}\n',
  ],
  ['empty', '{}\n', '{\n  "telemetry_enabled": false\n}\n'],
  [
    'with numbers that JavaScript cannot hold',
    '{"id":12345678901234567890,"ratio":1.0,"big":1e400}',
    '{"id":12345678901234567890,"ratio":1.0,"big":1e400,"telemetry_enabled":false}',
  ],
  [
    'with odd keys',
    '{"__proto__":{"x":1},"constructor":2}',
    '{"__proto__":{"x":1},"constructor":2,"telemetry_enabled":false}',
  ],
])('a change leaves all else as it is: %s', (_what, before, after) => {
  const path = fileWith(before);
  changeConfig(path, { telemetry_enabled: false });
  expect(readFileSync(path, 'utf8')).toBe(after);
});

test('a file that is missing is made, with its folder', () => {
  const path = join(tempDir(), 'not', 'yet', 'config.json');
  changeConfig(path, { telemetry_enabled: false });
  expect(readFileSync(path, 'utf8')).toBe('{\n  "telemetry_enabled": false\n}\n');
});

test('the file keeps its mode, and no temporary file stays', () => {
  const path = fileWith('{}');
  const { mode } = statSync(path);
  changeConfig(path, { telemetry_enabled: false });
  expect(statSync(path).mode).toBe(mode);
  expect(readdirSync(join(path, '..'))).toEqual(['config.json']);
});

test('a link stays a link, and its target is changed', () => {
  const path = fileWith('{}');
  const link = join(tempDir(), 'link.json');
  symlinkSync(path, link);
  changeConfig(link, { telemetry_enabled: false });
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readConfig(path)).toMatchObject({ values: { telemetry_enabled: false } });
});

test('a circle of links is doubt, and no endless loop', () => {
  const dir = tempDir();
  symlinkSync(join(dir, 'b'), join(dir, 'a'));
  symlinkSync(join(dir, 'a'), join(dir, 'b'));
  expect(readConfig(join(dir, 'a')).readable).toBe(false);
  expect(() => changeConfig(join(dir, 'a'), { telemetry_enabled: false })).toThrow();
});
