/**
 * Writes minidumps after the published format (`minidumpapiset.h`, Crashpad's `minidump_extensions.h`), for tests: any
 * system and processor, with what the test wants in it.
 */
export interface WrittenModule {
  /** Full path, as the dump has it. */
  path: string;
  start: bigint;
  size: number;
  /** GNU build id, or PDB GUID (16 bytes) and age. */
  elfBuildId?: Uint8Array;
  pdb?: { guid: Uint8Array; age: number };
  version?: [number, number, number, number];
}

export interface WrittenDump {
  cpu: 'x64' | 'arm64';
  system: 'windows' | 'macos' | 'linux';
  version?: [number, number, number];
  /** Seconds since the epoch. */
  time?: number;
  exception?: { code: number; address?: bigint; parameters?: bigint[]; threadId?: number };
  registers?: { pc: bigint; sp: bigint; fp: bigint; lr?: bigint };
  stack?: { start: bigint; words: bigint[] };
  modules?: WrittenModule[];
  /** Of the process, as `globalExtra` gives them. */
  annotations?: Record<string, string>;
  /** Of the first module, as crash keys give them. */
  crashKeys?: Record<string, string>;
  /** Four bytes between the count of a list and its items, as some writers put there. */
  padLists?: boolean;
}

const THREAD_ID = 42;
const ARCHITECTURE = { x64: 9, arm64: 12 };
const PLATFORM = { windows: 2, macos: 0x8101, linux: 0x8201 };

/** A file that grows; `add` gives the offset of what it appended. */
class FileBuilder {
  bytes = new Uint8Array(0);

  add(part: Uint8Array): number {
    const offset = this.bytes.length;
    const whole = new Uint8Array(offset + Math.ceil(part.length / 8) * 8);
    whole.set(this.bytes);
    whole.set(part, offset);
    this.bytes = whole;
    return offset;
  }
}

/** Little-endian fields at their offsets: `[at, bits, value]`. */
type Field = [at: number, bits: 16 | 32 | 64, value: number | bigint];

function struct(length: number, fields: readonly Field[]): Uint8Array {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  for (const [at, bits, value] of fields) {
    if (bits === 16) view.setUint16(at, Number(value), true);
    else if (bits === 32) view.setUint32(at, Number(value) >>> 0, true);
    else view.setBigUint64(at, BigInt.asUintN(64, BigInt(value)), true);
  }
  return bytes;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

export function writeMinidump(dump: WrittenDump): Uint8Array {
  const file = new FileBuilder();
  file.add(new Uint8Array(32));
  const streams: [type: number, bytes: Uint8Array][] = [];
  const [major, minor, build] = dump.version ?? [10, 0, 1];
  streams.push([
    7,
    struct(56, [
      [0, 16, ARCHITECTURE[dump.cpu]],
      [8, 32, major],
      [12, 32, minor],
      [16, 32, build],
      [20, 32, PLATFORM[dump.system]],
    ]),
  ]);
  const context = dump.registers ? writeContext(dump.cpu, dump.registers) : new Uint8Array(0);
  const contextAt = file.add(context);
  if (dump.exception) {
    const { code, address = 0n, parameters = [], threadId = THREAD_ID } = dump.exception;
    streams.push([
      6,
      struct(168, [
        [0, 32, threadId],
        [8, 32, code],
        [24, 64, address],
        [32, 32, parameters.length],
        ...parameters.map((value, index): Field => [40 + 8 * index, 64, value]),
        [160, 32, context.length],
        [164, 32, contextAt],
      ]),
    ]);
  }
  if (dump.stack) streams.push([3, writeThreads(file, dump, context.length, contextAt)]);
  if (dump.modules) streams.push([4, writeModules(file, dump.modules, dump.padLists ?? false)]);
  if (dump.annotations ?? dump.crashKeys) streams.push([0x43500001, writeCrashpadInfo(file, dump)]);

  const entries = streams.map(([type, bytes]) =>
    struct(12, [
      [0, 32, type],
      [4, 32, bytes.length],
      [8, 32, file.add(bytes)],
    ]),
  );
  const directoryAt = file.add(joined(...entries));
  file.bytes.set(
    struct(32, [
      [0, 32, 0x504d444d],
      [4, 32, 0xa793],
      [8, 32, streams.length],
      [12, 32, directoryAt],
      [20, 32, dump.time ?? 1_780_000_000],
    ]),
  );
  return file.bytes;
}

function writeContext(
  cpu: WrittenDump['cpu'],
  { pc, sp, fp, lr = 0n }: NonNullable<WrittenDump['registers']>,
): Uint8Array {
  return cpu === 'x64'
    ? struct(1232, [
        [0x98, 64, sp],
        [0xa0, 64, fp],
        [0xf8, 64, pc],
      ])
    : struct(0x390, [
        [0xf0, 64, fp],
        [0xf8, 64, lr],
        [0x100, 64, sp],
        [0x108, 64, pc],
      ]);
}

function list(items: readonly Uint8Array[], padded: boolean): Uint8Array {
  return joined(struct(padded ? 8 : 4, [[0, 32, items.length]]), ...items);
}

function writeThreads(
  file: FileBuilder,
  { stack, padLists = false }: WrittenDump,
  contextLength: number,
  contextAt: number,
): Uint8Array {
  const { start, words } = stack!;
  const memory = struct(
    words.length * 8,
    words.map((word, index): Field => [index * 8, 64, word]),
  );
  const memoryAt = file.add(memory);
  const thread = (id: number): Uint8Array =>
    struct(48, [
      [0, 32, id],
      [24, 64, start],
      [32, 32, memory.length],
      [36, 32, memoryAt],
      [40, 32, contextLength],
      [44, 32, contextAt],
    ]);
  return list([thread(1), thread(THREAD_ID)], padLists);
}

function writeModules(file: FileBuilder, modules: readonly WrittenModule[], padded: boolean): Uint8Array {
  const items = modules.map(({ path, start, size, elfBuildId, pdb, version }) => {
    const text = new Uint8Array(Buffer.from(path, 'utf16le'));
    const nameAt = file.add(joined(struct(4, [[0, 32, text.length]]), text));
    const record = elfBuildId
      ? joined(struct(4, [[0, 32, 0x4270454c]]), elfBuildId)
      : pdb
        ? joined(struct(4, [[0, 32, 0x53445352]]), pdb.guid, struct(4, [[0, 32, pdb.age]]), new Uint8Array(8))
        : new Uint8Array(0);
    const recordAt = file.add(record);
    return struct(108, [
      [0, 64, start],
      [8, 32, size],
      [20, 32, nameAt],
      ...(version
        ? ([
            [24, 32, 0xfeef04bd],
            [32, 32, version[0] * 65_536 + version[1]],
            [36, 32, version[2] * 65_536 + version[3]],
          ] satisfies Field[])
        : []),
      [76, 32, record.length],
      [80, 32, recordAt],
    ]);
  });
  return list(items, padded);
}

function writeText(file: FileBuilder, text: string): number {
  const bytes = new TextEncoder().encode(text);
  return file.add(joined(struct(4, [[0, 32, bytes.length]]), bytes, new Uint8Array(1)));
}

function writeCrashpadInfo(file: FileBuilder, { annotations = {}, crashKeys = {} }: WrittenDump): Uint8Array {
  const simple = list(
    Object.entries(annotations).map(([name, value]) =>
      struct(8, [
        [0, 32, writeText(file, name)],
        [4, 32, writeText(file, value)],
      ]),
    ),
    false,
  );
  const objects = list(
    Object.entries(crashKeys).map(([name, value]) =>
      struct(12, [
        [0, 32, writeText(file, name)],
        [4, 16, 1],
        [8, 32, writeText(file, value)],
      ]),
    ),
    false,
  );
  const module = struct(28, [
    [0, 32, 1],
    [20, 32, objects.length],
    [24, 32, file.add(objects)],
  ]);
  const modules = list(
    [
      struct(12, [
        [4, 32, module.length],
        [8, 32, file.add(module)],
      ]),
    ],
    false,
  );
  return struct(52, [
    [0, 32, 1],
    [36, 32, simple.length],
    [40, 32, file.add(simple)],
    [44, 32, modules.length],
    [48, 32, file.add(modules)],
  ]);
}
