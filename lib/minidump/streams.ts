/**
 * The parts of a minidump that Roost reads, after the published format: `minidumpapiset.h` of the Windows SDK, and
 * Crashpad's `minidump/minidump_extensions.h`. All else (environment, memory, handles) is not looked at.
 */
import { type Block, type ByteSource, DumpError, readBlock } from './byte-source.ts';

export const STREAM = {
  threadList: 3,
  moduleList: 4,
  exception: 6,
  systemInfo: 7,
  crashpadInfo: 0x43500001,
} as const;

const SIGNATURE = 0x504d444d; // MDMP
const VERSION = 0xa793;
const HEADER_BYTES = 32;
const DIRECTORY_ENTRY_BYTES = 12;
/** Real dumps have about 20. */
const MAX_STREAMS = 256;

export interface Location {
  offset: number;
  length: number;
}

export interface Header {
  /** Milliseconds since the epoch, to the second. */
  writtenAt: number;
  /** By stream type; where one comes twice, the first. */
  streams: Map<number, Location>;
}

/** Throws `DumpError` where the file is no minidump. */
export function readHeader(source: ByteSource): Header {
  const header = readBlock(source, 0, HEADER_BYTES, HEADER_BYTES);
  if (header.length < HEADER_BYTES || header.u32(0) !== SIGNATURE || (header.u32(4) & 0xffff) !== VERSION) {
    throw new DumpError('is not a minidump');
  }
  const count = Math.min(header.u32(8), MAX_STREAMS);
  const directory = readBlock(source, header.u32(12), count * DIRECTORY_ENTRY_BYTES, Infinity);
  const streams = new Map<number, Location>();
  for (let at = 0; at + DIRECTORY_ENTRY_BYTES <= directory.length; at += DIRECTORY_ENTRY_BYTES) {
    const type = directory.u32(at);
    if (!streams.has(type))
      streams.set(type, { length: directory.u32(at + 4), offset: directory.u32(at + 8) });
  }
  return { writtenAt: header.u32(20) * 1000, streams };
}

export type Cpu = 'x64' | 'arm64' | 'x86' | 'arm' | 'unknown';
export type DumpSystem = 'windows' | 'macos' | 'linux' | 'unknown';

export interface SystemInfo {
  cpu: Cpu;
  system: DumpSystem;
  /** Such as `10.0.22631`; empty where the dump has none. */
  version: string;
}

const CPUS: Record<number, Cpu> = { 0: 'x86', 5: 'arm', 9: 'x64', 12: 'arm64', 0x8003: 'arm64' };
const SYSTEMS: Record<number, DumpSystem> = { 2: 'windows', 0x8101: 'macos', 0x8201: 'linux' };

export function readSystemInfo(source: ByteSource, { offset, length }: Location): SystemInfo {
  const block = readBlock(source, offset, length, 56);
  return {
    cpu: CPUS[block.u16(0)] ?? 'unknown',
    system: SYSTEMS[block.u32(20)] ?? 'unknown',
    version: `${block.u32(8)}.${block.u32(12)}.${block.u32(16)}`,
  };
}

export interface ExceptionInfo {
  threadId: number;
  code: number;
  flags: number;
  address: bigint;
  parameters: bigint[];
  context: Location;
}

const MAX_PARAMETERS = 15;

export function readException(source: ByteSource, { offset, length }: Location): ExceptionInfo {
  const block = readBlock(source, offset, length, 168);
  const count = Math.min(block.u32(32), MAX_PARAMETERS);
  return {
    threadId: block.u32(0),
    code: block.u32(8),
    flags: block.u32(12),
    address: block.u64(24),
    parameters: Array.from({ length: count }, (_, index) => block.u64(40 + 8 * index)),
    context: { length: block.u32(160), offset: block.u32(164) },
  };
}

export interface ThreadInfo {
  stackStart: bigint;
  stack: Location;
  context: Location;
}

const THREAD_BYTES = 48;
const MAX_THREADS = 4_096;

/** The thread of this id; null where the list does not have it. */
export function findThread(source: ByteSource, { offset, length }: Location, id: number): ThreadInfo | null {
  const block = readBlock(source, offset, length, 8 + MAX_THREADS * THREAD_BYTES);
  for (const at of listItems(block, length, THREAD_BYTES)) {
    if (block.u32(at) !== id) continue;
    return {
      stackStart: block.u64(at + 24),
      stack: { length: block.u32(at + 32), offset: block.u32(at + 36) },
      context: { length: block.u32(at + 40), offset: block.u32(at + 44) },
    };
  }
  return null;
}

/** Where each item of a list begins: after its count, and the padding that some writers put behind it. */
export function listItems(block: Block, streamLength: number, itemBytes: number): number[] {
  const count = block.u32(0);
  const first = streamLength === 8 + count * itemBytes ? 8 : 4;
  const whole = Math.max(0, Math.floor((block.length - first) / itemBytes));
  return Array.from({ length: Math.min(count, whole) }, (_, index) => first + index * itemBytes);
}

export interface Registers {
  programCounter: bigint;
  stackPointer: bigint;
  framePointer: bigint;
  /** arm64 keeps the newest return address in a register. */
  linkRegister: bigint | null;
}

/** Null for processors whose frames Roost does not read. */
export function readRegisters(source: ByteSource, { offset, length }: Location, cpu: Cpu): Registers | null {
  if (cpu === 'x64') {
    const block = readBlock(source, offset, length, 0x100);
    return {
      programCounter: block.u64(0xf8),
      stackPointer: block.u64(0x98),
      framePointer: block.u64(0xa0),
      linkRegister: null,
    };
  }
  if (cpu === 'arm64') {
    const block = readBlock(source, offset, length, 0x110);
    return {
      programCounter: block.u64(0x108),
      stackPointer: block.u64(0x100),
      framePointer: block.u64(0xf0),
      linkRegister: block.u64(0xf8),
    };
  }
  return null;
}
