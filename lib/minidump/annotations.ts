/**
 * Crashpad's annotations. Only these names are looked for: others may hold addresses of pages, user ids, anything that
 * the app or Chromium put there.
 */
import { type ByteSource, readBlock } from './byte-source.ts';
import type { Location } from './streams.ts';

export const KNOWN_ANNOTATIONS = ['roost_run_id', 'process_type', 'ptype', 'ver', '_version'] as const;
export type AnnotationName = (typeof KNOWN_ANNOTATIONS)[number];
export type Annotations = Partial<Record<AnnotationName, string>>;

const MAX_ENTRIES = 512;
const MAX_MODULES = 2_048;
const MAX_NAME_BYTES = 32;
const MAX_VALUE_BYTES = 128;
const STRING_TYPE = 1;

/** Of the process first, then of its modules; the first of a name counts. */
export function readAnnotations(source: ByteSource, { offset, length }: Location): Annotations {
  const found: Annotations = {};
  const info = readBlock(source, offset, length, 64);
  readSimple(source, { length: info.u32(36), offset: info.u32(40) }, found);
  const modules = { length: info.u32(44), offset: info.u32(48) };
  if (modules.length < 4) return found;
  const list = readBlock(source, modules.offset, modules.length, 4 + MAX_MODULES * 12);
  for (let at = 4, left = list.u32(0); left > 0 && at + 12 <= list.length; at += 12, left -= 1) {
    const module = readBlock(source, list.u32(at + 8), list.u32(at + 4), 28);
    if (module.length < 28) continue;
    readSimple(source, { length: module.u32(12), offset: module.u32(16) }, found);
    readObjects(source, { length: module.u32(20), offset: module.u32(24) }, found);
  }
  return found;
}

/** Pairs of texts, as given to the handler: Electron's `globalExtra`. */
function readSimple(source: ByteSource, { offset, length }: Location, found: Annotations): void {
  if (length < 4) return;
  const block = readBlock(source, offset, length, 4 + MAX_ENTRIES * 8);
  for (let at = 4, left = block.u32(0); left > 0 && at + 8 <= block.length; at += 8, left -= 1) {
    keep(source, block.u32(at), block.u32(at + 4), found);
  }
}

/** Named values, as set in the process: Electron's `extra`, Chromium's crash keys. */
function readObjects(source: ByteSource, { offset, length }: Location, found: Annotations): void {
  if (length < 4) return;
  const block = readBlock(source, offset, length, 4 + MAX_ENTRIES * 12);
  for (let at = 4, left = block.u32(0); left > 0 && at + 12 <= block.length; at += 12, left -= 1) {
    if (block.u16(at + 4) === STRING_TYPE) keep(source, block.u32(at), block.u32(at + 8), found);
  }
}

function keep(source: ByteSource, nameAt: number, valueAt: number, found: Annotations): void {
  const name = readText(source, nameAt, MAX_NAME_BYTES);
  const known = KNOWN_ANNOTATIONS.find((candidate) => candidate === name);
  if (known && found[known] === undefined) found[known] = readText(source, valueAt, MAX_VALUE_BYTES);
}

/** UTF-8 with its length before it; empty where it is longer than any text looked for. */
function readText(source: ByteSource, offset: number, max: number): string {
  const length = readBlock(source, offset, 4, 4).u32(0);
  if (length === 0 || length > max) return '';
  return new TextDecoder()
    .decode(readBlock(source, offset + 4, length, max).bytes(0, length))
    .replace(/\0+$/, '');
}
