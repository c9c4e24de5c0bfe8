/** The list of modules: what was loaded where, with the ids by which symbols are found. */
import { type ByteSource, DumpError, readBlock } from './byte-source.ts';
import { type Location, listItems } from './streams.ts';

export interface Module {
  /** File name alone: folders are named by people. */
  name: string;
  start: bigint;
  /** First address behind it. */
  end: bigint;
  /** Hexadecimal, upper case: GNU build id, Mach-O UUID, or PDB GUID and age. Null where the module has none. */
  buildId: string | null;
  /** From the file's version resource (Windows); null elsewhere. */
  version: string | null;
}

const MODULE_BYTES = 108;
const MAX_MODULES = 2_048;
const MAX_NAME_BYTES = 2_048;
const MAX_NAME_LENGTH = 80;
const MAX_CODEVIEW_BYTES = 64;
const CV_PDB70 = 0x53445352; // RSDS
const CV_ELF = 0x4270454c; // BpEL
const MAX_BUILD_ID_BYTES = 20;
const FIXED_FILE_INFO = 0xfeef04bd;

/** In order of address. A module that cannot be read is left out. */
export function readModules(source: ByteSource, { offset, length }: Location): Module[] {
  const block = readBlock(source, offset, length, 8 + MAX_MODULES * MODULE_BYTES);
  const modules: Module[] = [];
  for (const at of listItems(block, length, MODULE_BYTES)) {
    const start = block.u64(at);
    const size = block.u32(at + 8);
    if (size === 0) continue;
    modules.push({
      name: orNull(() => readFileName(source, block.u32(at + 20))) ?? 'unknown',
      start,
      end: start + BigInt(size),
      buildId: orNull(() => readBuildId(source, { length: block.u32(at + 76), offset: block.u32(at + 80) })),
      version:
        block.u32(at + 24) === FIXED_FILE_INFO ? version(block.u32(at + 32), block.u32(at + 36)) : null,
    });
  }
  return modules.sort((a, b) => (a.start < b.start ? -1 : 1));
}

export function findModule(modules: readonly Module[], address: bigint): Module | null {
  let low = 0;
  let high = modules.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (modules[middle]!.start <= address) low = middle + 1;
    else high = middle;
  }
  const module = modules[low - 1];
  return module && address < module.end ? module : null;
}

function readFileName(source: ByteSource, offset: number): string {
  const length = readBlock(source, offset, 4, 4).u32(0);
  // Too long for a path: what counts is at its end, but such a length is rather damage.
  if (length > MAX_NAME_BYTES) throw new DumpError('has a name that is too long');
  const path = new TextDecoder('utf-16le').decode(
    readBlock(source, offset + 4, length, length).bytes(0, length),
  );
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  return name.replace(/[^\p{L}\p{N} ._+()@-]/gu, '_').slice(0, MAX_NAME_LENGTH) || 'unknown';
}

function readBuildId(source: ByteSource, { offset, length }: Location): string | null {
  if (length < 4) return null;
  const record = readBlock(source, offset, length, MAX_CODEVIEW_BYTES);
  if (record.u32(0) === CV_ELF) return hex(record.bytes(4, Math.min(length - 4, MAX_BUILD_ID_BYTES)));
  if (record.u32(0) !== CV_PDB70) return null;
  const guid =
    word(record.u32(4), 8) + word(record.u16(8), 4) + word(record.u16(10), 4) + hex(record.bytes(12, 8));
  return guid + record.u32(20).toString(16).toUpperCase();
}

function word(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => word(byte, 2)).join('');
}

function version(high: number, low: number): string | null {
  if (high === 0 && low === 0) return null;
  return `${high >>> 16}.${high & 0xffff}.${low >>> 16}.${low & 0xffff}`;
}

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof DumpError) return null;
    throw error;
  }
}
