/** Frames of the crashed thread as module and offset, without symbols or unwind tables. */
import { type Block, DumpError } from './byte-source.ts';
import { type Module, findModule } from './modules.ts';
import type { Registers } from './streams.ts';

/** How a frame was found, from certain to likely. */
export type FrameTrust = 'instruction' | 'frame_pointer' | 'scan';

export interface NativeFrame {
  module: string;
  /** From the module's start. Of callers: where they go on, behind the call. */
  offset: bigint;
  trust: FrameTrust;
}

export interface Stack {
  start: bigint;
  memory: Block;
}

const MAX_FRAMES = 64;
/** Less than this from frame pointers: the code was built without them, and the stack is searched instead. */
const MIN_CHAIN = 3;
const MAX_SCANNED_FRAMES = 24;
/** Pointers of arm64 may carry a signature in their upper bits. */
const ADDRESS_BITS = (1n << 47n) - 1n;

export function walkStack(
  registers: Registers,
  modules: readonly Module[],
  stack: Stack | null,
): NativeFrame[] {
  const frames: NativeFrame[] = [];
  const add = (address: bigint, trust: FrameTrust): boolean => {
    const module = findModule(modules, address);
    if (module) frames.push({ module: module.name, offset: address - module.start, trust });
    return module !== null;
  };
  add(registers.programCounter, 'instruction');
  if (registers.linkRegister !== null) add(registers.linkRegister & ADDRESS_BITS, 'frame_pointer');
  if (!stack) return frames;
  const top = followFramePointers(registers, stack, add, frames);
  if (frames.length < MIN_CHAIN) scan(top, stack, add);
  return withoutRepeats(frames);
}

/** Each frame holds the address of its caller's frame, and behind it where the caller goes on. Returns where it ended. */
function followFramePointers(
  { framePointer, stackPointer }: Registers,
  stack: Stack,
  add: (address: bigint, trust: FrameTrust) => boolean,
  frames: readonly NativeFrame[],
): bigint {
  let at = framePointer;
  let top = stackPointer;
  while (frames.length < MAX_FRAMES && at >= top && at % 8n === 0n) {
    const caller = readWord(stack, at);
    const back = readWord(stack, at + 8n);
    if (caller === null || back === null || !add(back & ADDRESS_BITS, 'frame_pointer')) break;
    top = at + 16n;
    at = caller & ADDRESS_BITS;
  }
  return top;
}

/** Whatever on the stack points into a module may be where a caller goes on, or a left-over of one. */
function scan(from: bigint, stack: Stack, add: (address: bigint, trust: FrameTrust) => boolean): void {
  let found = 0;
  for (let at = (from + 7n) & ~7n; found < MAX_SCANNED_FRAMES; at += 8n) {
    const word = readWord(stack, at);
    if (word === null) return;
    if (word !== 0n && add(word & ADDRESS_BITS, 'scan')) found += 1;
  }
}

function readWord({ start, memory }: Stack, address: bigint): bigint | null {
  if (address < start || address - start > BigInt(memory.length)) return null;
  try {
    return memory.u64(Number(address - start));
  } catch (error) {
    if (error instanceof DumpError) return null;
    throw error;
  }
}

function withoutRepeats(frames: readonly NativeFrame[]): NativeFrame[] {
  return frames.filter(
    ({ module, offset }, at) =>
      at === 0 || frames[at - 1]!.module !== module || frames[at - 1]!.offset !== offset,
  );
}
