/**
 * A word planted in a real dump wherever memory and environment stand in it. The dumps in `test/fixtures/minidumps` hold
 * zeros where the process had memory that the reader does not use: no machine's memory belongs into a repository.
 */
import { type ByteSource, bytesSource } from '../../lib/minidump/byte-source.ts';
import { readMinidump } from '../../lib/minidump/read-minidump.ts';
import { STREAM, findThread, readException, readHeader } from '../../lib/minidump/streams.ts';

/** Eight bytes, as a word of the stack has: it also fits where one word alone is free. */
export const CANARY = 'zqCanary';

export interface Planted {
  dump: Uint8Array;
  /** How often the canary stands in the stack of the crashed thread, and in all the rest. */
  inStack: number;
  elsewhere: number;
}

/** In every byte that is not read, and in every word of the crashed thread's stack that is zero. */
export function plantCanary(dump: Uint8Array): Planted {
  const isRead = new Uint8Array(dump.length);
  const source: ByteSource = {
    size: dump.length,
    read(offset, length) {
      isRead.fill(1, offset, offset + length);
      return dump.subarray(offset, offset + length);
    },
  };
  readMinidump(source);
  const word = new TextEncoder().encode(CANARY);
  const planted = dump.slice();
  let inStack = 0;
  let elsewhere = 0;
  const stack = stackOf(dump);
  for (let at = stack.from; at + word.length <= stack.to; at += word.length) {
    if (planted.subarray(at, at + word.length).some((byte) => byte !== 0)) continue;
    planted.set(word, at);
    inStack += 1;
  }
  for (let at = 0; at + word.length <= dump.length; at += 1) {
    const inside = at >= stack.from && at < stack.to;
    if (inside || isRead.subarray(at, at + word.length).includes(1)) continue;
    planted.set(word, at);
    elsewhere += 1;
    at += word.length - 1;
  }
  return { dump: planted, inStack, elsewhere };
}

function stackOf(dump: Uint8Array): { from: number; to: number } {
  const source = bytesSource(dump);
  const { streams } = readHeader(source);
  const { threadId } = readException(source, streams.get(STREAM.exception)!);
  const { stack } = findThread(source, streams.get(STREAM.threadList)!, threadId)!;
  return { from: stack.offset, to: stack.offset + stack.length };
}
