/** Reading dumps of all systems, made by the writer in the tests, and really written by Chromium's Crashpad. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type ByteSource, bytesSource } from '../../../lib/minidump/byte-source.ts';
import { describeDump } from '../../../lib/minidump/describe-dump.ts';
import { readMinidump } from '../../../lib/minidump/read-minidump.ts';
import { type WrittenDump, writeMinidump } from '../../helpers/minidump-writer.ts';

const APP = 0x10000000n;
const LIB = 0x20000000n;
const STACK = 0x7fff00000000n;

const read = (bytes: Uint8Array) => readMinidump(bytesSource(bytes));

/** A crash in recorder.node, called from itself and from the app. */
const linux: WrittenDump = {
  cpu: 'x64',
  system: 'linux',
  version: [6, 1, 0],
  exception: { code: 11, address: 0n },
  registers: { pc: LIB + 0x1a2bn, sp: STACK, fp: STACK + 0x10n },
  stack: {
    start: STACK,
    words: [
      1n,
      2n,
      STACK + 0x30n,
      LIB + 0x55n,
      3n,
      4n,
      STACK + 0x50n,
      APP + 0x44c0n,
      5n,
      6n,
      0n,
      APP + 0x10n,
    ],
  },
  modules: [
    { path: '/opt/Stories/stories', start: APP, size: 0x100000, elfBuildId: new Uint8Array([0xab, 0xcd, 1]) },
    { path: '/home/eva müller/x/recorder.node', start: LIB, size: 0x10000 },
  ],
  annotations: {
    roost_run_id: 'run-1',
    ptype: 'browser',
    url: 'https://secret.example/',
    'user-name': 'eva',
  },
};

describe('a dump', () => {
  it('of Linux: signal, place, frames by frame pointer, build ids', () => {
    const report = read(writeMinidump(linux));
    expect(report).toMatchObject({
      crashedAt: 1_780_000_000_000,
      system: { cpu: 'x64', system: 'linux', version: '6.1.0' },
      exception: {
        name: 'SIGSEGV',
        addressClass: 'null',
        module: 'recorder.node',
        offset: 0x1a2bn,
        simulated: false,
      },
      annotations: { roost_run_id: 'run-1', ptype: 'browser' },
      problems: [],
    });
    expect(report.frames).toEqual([
      { module: 'recorder.node', offset: 0x1a2bn, trust: 'instruction' },
      { module: 'recorder.node', offset: 0x55n, trust: 'frame_pointer' },
      { module: 'stories', offset: 0x44c0n, trust: 'frame_pointer' },
      { module: 'stories', offset: 0x10n, trust: 'frame_pointer' },
    ]);
    expect(report.modules.map(({ name, buildId }) => [name, buildId])).toEqual([
      ['stories', 'ABCD01'],
      ['recorder.node', null],
    ]);
  });

  it('of macOS on arm64: signed pointers, the link register, Mach-O ids', () => {
    const signed = (address: bigint): bigint => address | (0x5an << 56n);
    const report = read(
      writeMinidump({
        ...linux,
        cpu: 'arm64',
        system: 'macos',
        padLists: true,
        exception: { code: 1, address: 0x18n },
        registers: { pc: LIB + 8n, sp: STACK, fp: STACK + 0x10n, lr: signed(LIB + 0x20n) },
        stack: { start: STACK, words: [0n, 0n, STACK + 0x20n, signed(APP + 0x99n), 0n, signed(APP + 0x9an)] },
        modules: [
          {
            path: '/Applications/Stories.app/Contents/MacOS/Stories',
            start: APP,
            size: 0x1000,
            pdb: { guid: Uint8Array.from({ length: 16 }, (_, at) => at), age: 0 },
          },
          { path: '/Users/eva/Stories.app/Contents/Frameworks/Electron Framework', start: LIB, size: 0x1000 },
        ],
      }),
    );
    expect(report.exception).toMatchObject({
      name: 'EXC_BAD_ACCESS',
      addressClass: 'near_null',
      module: 'Electron Framework',
    });
    expect(report.frames.map(({ module, offset }) => `${module}+${offset}`)).toEqual([
      'Electron Framework+8',
      'Electron Framework+32',
      'Stories+153',
      'Stories+154',
    ]);
    expect(report.modules[0]?.buildId).toBe('030201000504070608090A0B0C0D0E0F0');
  });

  it('of Windows: the status by name, the accessed address from its parameters, file versions', () => {
    const report = read(
      writeMinidump({
        ...linux,
        system: 'windows',
        version: [10, 0, 22_631],
        exception: { code: 0xc0000005, address: LIB, parameters: [0n, 0xdeadbeefdeadn] },
        modules: [
          {
            path: 'C:\\Users\\eva\\AppData\\Local\\stories\\Stories.exe',
            start: APP,
            size: 0x1000,
            version: [1, 2, 3, 4],
          },
        ],
      }),
    );
    expect(report.system).toMatchObject({ system: 'windows', version: '10.0.22631' });
    expect(report.exception).toMatchObject({
      name: 'EXCEPTION_ACCESS_VIOLATION',
      addressClass: 'other',
      module: null,
    });
    expect(report.modules).toMatchObject([{ name: 'Stories.exe', version: '1.2.3.4' }]);
  });

  it('without frame pointers: the stack is searched, and its frames are marked', () => {
    const words = [0x1234n, APP + 0x77n, 0xffffn, LIB + 0x8n, APP + 0x78n];
    const { frames } = read(
      writeMinidump({ ...linux, registers: { pc: LIB, sp: STACK, fp: 0n }, stack: { start: STACK, words } }),
    );
    expect(frames.map(({ module, trust }) => `${module} ${trust}`)).toEqual([
      'recorder.node instruction',
      'stories scan',
      'recorder.node scan',
      'stories scan',
    ]);
  });

  it('of a process that went on is told apart', () => {
    for (const [system, code] of [
      ['linux', 0xffffffff],
      ['macos', 0x43507378],
      ['windows', 0x0517a7ed],
    ] as const) {
      expect(read(writeMinidump({ ...linux, system, exception: { code } })).exception?.simulated).toBe(true);
    }
  });

  it('with an exception of no known name gives its number', () => {
    const report = read(writeMinidump({ ...linux, system: 'windows', exception: { code: 0xe06d7363 } }));
    expect(report.exception?.name).toBe('exception 0xe06d7363');
  });

  it('keeps crash keys of known names, and no others', () => {
    const report = read(
      writeMinidump({
        ...linux,
        annotations: { plat: 'x' },
        crashKeys: { roost_run_id: 'run-2', url: 'https://x' },
      }),
    );
    expect(report.annotations).toEqual({ roost_run_id: 'run-2' });
  });
});

describe('a dump that is not sound', () => {
  const whole = writeMinidump(linux);

  it.each([
    ['empty', new Uint8Array(0), 'the file points outside of the file'],
    ['no dump', new TextEncoder().encode('x'.repeat(100)), 'the file is not a minidump'],
  ])('%s: says so', (_, bytes, problem) => {
    expect(read(bytes)).toMatchObject({ exception: null, frames: [], modules: [], problems: [problem] });
  });

  it('without streams: says what is missing', () => {
    const { problems } = read(writeMinidump({ cpu: 'x64', system: 'linux' }));
    expect(problems).toEqual(['the list of modules is missing', 'the exception is missing']);
  });

  it('cut anywhere: gives what could be read', () => {
    for (let length = 0; length < whole.length; length += 13) {
      expect(describeDump(read(whole.slice(0, length))).error_message).not.toBe('');
    }
  });

  it('with frames in a circle ends', () => {
    const { frames } = read(
      writeMinidump({
        ...linux,
        stack: { start: STACK, words: [0n, 0n, STACK + 0x10n, APP + 1n, STACK, APP + 2n] },
      }),
    );
    expect(frames.length).toBeLessThan(10);
  });

  it('with damage anywhere never throws, and stays bounded', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 })), {
          minLength: 1,
          maxLength: 24,
        }),
        (damage) => {
          const bytes = whole.slice();
          for (const [at, value] of damage) bytes[at] = value;
          const report = read(bytes);
          expect(report.frames.length).toBeLessThanOrEqual(64 + 24);
          expect(JSON.stringify(describeDump(report)).length).toBeLessThan(64 * 1024);
        },
      ),
      { numRuns: 1_000, seed: 20260601 },
    );
  });

  it('of 100 MB costs no more than what is read of it', () => {
    let bytesRead = 0;
    const source: ByteSource = {
      size: 100 * 1024 * 1024,
      read(offset, length) {
        bytesRead += length;
        const part = new Uint8Array(length).fill(0xff);
        part.set(whole.subarray(offset, offset + length));
        return part;
      },
    };
    expect(readMinidump(source).exception?.name).toBe('SIGSEGV');
    expect(bytesRead).toBeLessThan(4 * 1024 * 1024);
  });
});

describe('describeDump', () => {
  it('tells names, numbers and offsets, nothing of the memory and no folder', () => {
    const described = describeDump(read(writeMinidump(linux)));
    expect(described).toEqual({
      error_message: 'SIGSEGV at recorder.node+0x1a2b (null address)',
      stack_trace: [
        '    at recorder.node+0x1a2b',
        '    at recorder.node+0x55',
        '    at stories+0x44c0',
        '    at stories+0x10',
      ].join('\n'),
      native: {
        exception: 'SIGSEGV',
        code: '0xb',
        address: 'null',
        module: 'recorder.node',
        offset: '0x1a2b',
        cpu: 'x64',
        system: 'linux 6.1.0',
        modules: [
          { name: 'stories', build_id: 'ABCD01' },
          { name: 'recorder.node', build_id: null },
        ],
        modules_total: 2,
        problems: [],
      },
    });
    expect(JSON.stringify(described)).not.toMatch(/eva|secret|home|opt/);
  });
});

/**
 * Dumps of a crashed tab and of a crashed main process: Chromium 156 of Debian 12, x64, with its own Crashpad handler.
 * All bytes that the reader does not use are zero. The expected frames are those that Breakpad's `minidump_stackwalk`
 * prints for the dumps as they were written.
 */
describe('a real dump', () => {
  const fixture = (name: string): Uint8Array =>
    gunzipSync(readFileSync(join(import.meta.dirname, '../../fixtures/minidumps', `${name}.dmp.gz`)));

  it('of a tab', () => {
    const report = read(fixture('chromium-renderer-linux-x64'));
    expect(report).toMatchObject({
      exception: { name: 'SIGSEGV', addressClass: 'null', module: 'chromium', offset: 0x472eee0n },
      annotations: { ptype: 'renderer', ver: '156.0.8078.79' },
      problems: [],
    });
    expect(report.modules).toHaveLength(109);
    const { stack_trace: stack } = describeDump(report);
    expect(stack?.split('\n').slice(0, 8)).toEqual(
      ['472eee0', '472bd00', 'd76fde5', '7266559', 'a0663a7', 'a06c5f4', 'a067c0c', 'ab7eb53'].map(
        (offset) => `    at chromium+0x${offset}`,
      ),
    );
    expect(report.modules[0]).toMatchObject({
      name: 'chromium',
      buildId: '4A74F6497529D42BB61262C76D7B1ADD49C4DEA6',
    });
  });

  it('of the main process, whose C library has no frame pointers', () => {
    const report = read(fixture('chromium-browser-linux-x64'));
    expect(report).toMatchObject({
      exception: { name: 'SIGSEGV', module: 'libc.so.6', offset: 0xfc26fn },
      annotations: { ptype: 'browser' },
      problems: [],
    });
    expect(describeDump(report).stack_trace?.split('\n').slice(0, 5)).toEqual([
      '    at libc.so.6+0xfc26f',
      '    at libglib-2.0.so.0+0x5491e (stack scan)',
      '    at libglib-2.0.so.0+0x54a3c (stack scan)',
      '    at chromium+0x9c90b8e (stack scan)',
      '    at chromium+0x9c1c303 (stack scan)',
    ]);
  });
});
