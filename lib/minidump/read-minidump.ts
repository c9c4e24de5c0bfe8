/** Reads a minidump as far as it can be read, in bounded time and memory, and says what could not. Never throws. */
import { type Annotations, readAnnotations } from './annotations.ts';
import { type ByteSource, DumpError, readBlock } from './byte-source.ts';
import { type AddressClass, classifyAddress, exceptionName, isSimulated } from './exception-names.ts';
import { type Module, findModule, readModules } from './modules.ts';
import {
  type ExceptionInfo,
  type Location,
  STREAM,
  type SystemInfo,
  type ThreadInfo,
  findThread,
  readException,
  readHeader,
  readRegisters,
  readSystemInfo,
} from './streams.ts';
import { type NativeFrame, type Stack, walkStack } from './walk-stack.ts';

export interface DumpReport {
  /** Milliseconds since the epoch; null where the dump does not tell. */
  crashedAt: number | null;
  system: SystemInfo;
  /** Null where the dump has none that can be read. */
  exception: {
    name: string;
    code: number;
    /** Written of a process that went on. */
    simulated: boolean;
    addressClass: AddressClass | null;
    /** Where the instruction lies; null where it is in no module. */
    module: string | null;
    offset: bigint | null;
  } | null;
  /** Of the crashed thread, the newest first. */
  frames: NativeFrame[];
  modules: Module[];
  annotations: Annotations;
  /** What could not be read, a few words each. Empty when all is well. */
  problems: string[];
}

/** A thread's stack is 8 MiB at most, of which the newest part counts. */
const MAX_STACK_BYTES = 256 * 1024;

export function readMinidump(source: ByteSource): DumpReport {
  const problems: string[] = [];
  const attempt = <T>(what: string, read: () => T): T | null => {
    try {
      return read();
    } catch (error) {
      problems.push(`${what} ${error instanceof DumpError ? error.message : 'cannot be read'}`);
      return null;
    }
  };
  const header = attempt('the file', () => readHeader(source));
  const stream = <T>(what: string, type: number, read: (location: Location) => T): T | null => {
    if (!header) return null;
    const location = header.streams.get(type);
    if (location) return attempt(what, () => read(location));
    problems.push(`${what} is missing`);
    return null;
  };

  const system =
    stream('the system', STREAM.systemInfo, (at) => readSystemInfo(source, at)) ?? UNKNOWN_SYSTEM;
  const modules = stream('the list of modules', STREAM.moduleList, (at) => readModules(source, at)) ?? [];
  const exception = stream('the exception', STREAM.exception, (at) => readException(source, at));
  const annotations = header?.streams.has(STREAM.crashpadInfo)
    ? stream('the annotations', STREAM.crashpadInfo, (at) => readAnnotations(source, at))
    : null;
  const registers =
    exception && attempt('the registers', () => readRegisters(source, exception.context, system.cpu));
  const thread =
    exception && stream('the threads', STREAM.threadList, (at) => findThread(source, at, exception.threadId));
  const stack =
    thread && registers && attempt('the stack', () => readStack(source, thread, registers.stackPointer));
  const frames = registers ? walkStack(registers, modules, stack) : [];
  return {
    crashedAt: header?.writtenAt || null,
    system,
    exception: exception && describeException(system, exception, modules, registers?.programCounter ?? null),
    frames,
    modules,
    annotations: annotations ?? {},
    problems,
  };
}

const UNKNOWN_SYSTEM: SystemInfo = { cpu: 'unknown', system: 'unknown', version: '' };

/** From the stack pointer on: what lies below is no longer in use. */
function readStack(source: ByteSource, { stackStart, stack }: ThreadInfo, stackPointer: bigint): Stack {
  const below = stackPointer > stackStart ? stackPointer - stackStart : 0n;
  const skip = below < BigInt(stack.length) ? Number(below) : 0;
  return {
    start: stackStart + BigInt(skip),
    memory: readBlock(source, stack.offset + skip, stack.length - skip, MAX_STACK_BYTES),
  };
}

function describeException(
  { system }: SystemInfo,
  exception: ExceptionInfo,
  modules: readonly Module[],
  programCounter: bigint | null,
): DumpReport['exception'] {
  const module = programCounter === null ? null : findModule(modules, programCounter);
  return {
    name: exceptionName(system, exception.code),
    code: exception.code,
    simulated: isSimulated(system, exception.code),
    addressClass: classifyAddress(system, exception),
    module: module?.name ?? null,
    offset: module && programCounter !== null ? programCounter - module.start : null,
  };
}
