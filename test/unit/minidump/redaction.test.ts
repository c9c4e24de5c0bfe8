/** What a dump's report tells is scrubbed like any crash, on both ends: names, offsets, ids and versions must be left. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { expect, test } from 'vitest';

import { bytesSource } from '../../../lib/minidump/byte-source.ts';
import { describeDump } from '../../../lib/minidump/describe-dump.ts';
import { readMinidump } from '../../../lib/minidump/read-minidump.ts';
import { redactJson, redactText } from '../../../lib/record/redact.ts';
import { writeMinidump } from '../../helpers/minidump-writer.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/minidumps');

function expectUntouched(dump: Uint8Array): void {
  const { error_message, stack_trace, native } = describeDump(readMinidump(bytesSource(dump)));
  expect(redactText(error_message)).toBe(error_message);
  expect(redactText(stack_trace ?? '')).toBe(stack_trace);
  expect(redactJson(native)).toEqual(native);
}

test.each(['chromium-renderer-linux-x64', 'chromium-browser-linux-x64'])('%s', (name) => {
  expectUntouched(gunzipSync(readFileSync(join(FIXTURES, `${name}.dmp.gz`))));
});

test.each([
  ['Electron Framework', 0x7fff12ab],
  ['Stories Helper (Renderer)', 0x80a4],
  ['Stories.exe', 0x1a2b3c4],
  ['better_sqlite3.node', 0x1f],
  ['libclang_rt.asan_osx_dynamic.dylib', 0x7fff12ab],
])('%s', (name, offset) => {
  const start = 0x1_0000_0000n;
  expectUntouched(
    writeMinidump({
      cpu: 'x64',
      system: 'windows',
      version: [10, 0, 22_631],
      exception: { code: 0xc0000005, address: 0n, parameters: [0n, 0n] },
      registers: { pc: start + BigInt(offset), sp: 0x7000n, fp: 0n },
      stack: { start: 0x7000n, words: [start + BigInt(offset) + 7n] },
      modules: [
        {
          path: `/x/${name}`,
          start,
          size: 0x8000_0000,
          version: [1, 2, 3, 4],
          pdb: { guid: Uint8Array.from({ length: 16 }, (_, at) => at * 13), age: 1 },
        },
      ],
    }),
  );
});
