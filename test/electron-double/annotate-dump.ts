/**
 * Adds annotations to a minidump, as Crashpad's handler writes them when it is started with `--annotation=name=value`.
 * After Crashpad's `minidump/minidump_extensions.h`: `MinidumpCrashpadInfo`, `MinidumpSimpleStringDictionary`.
 */
const CRASHPAD_INFO = 0x43500001;
/** Of `simple_annotations` in `MinidumpCrashpadInfo`: length, then position. */
const SIMPLE_ANNOTATIONS = 36;

export function annotateDump(dump: Uint8Array, annotations: Readonly<Record<string, string>>): Uint8Array {
  const read = new DataView(dump.buffer, dump.byteOffset, dump.byteLength);
  const info = findStream(read, CRASHPAD_INFO);
  const known = readDictionary(read, info + SIMPLE_ANNOTATIONS);

  const parts: Uint8Array[] = [dump];
  let end = dump.length;
  /** Appends, on a multiple of four bytes, and gives the position. */
  const append = (part: Uint8Array): number => {
    const padding = (4 - (end % 4)) % 4;
    parts.push(new Uint8Array(padding), part);
    const at = end + padding;
    end = at + part.length;
    return at;
  };
  const added = Object.entries(annotations).map(([name, value]) => [append(text(name)), append(text(value))]);
  const entries = [...known, ...added];
  const at = append(numbers([entries.length, ...entries.flat()]));

  const whole = Buffer.concat(parts);
  whole.writeUInt32LE(4 + entries.length * 8, info + SIMPLE_ANNOTATIONS);
  whole.writeUInt32LE(at, info + SIMPLE_ANNOTATIONS + 4);
  return whole;
}

/** Where the stream lies. Throws where the dump has none of this type. */
function findStream(dump: DataView, type: number): number {
  const directory = dump.getUint32(12, true);
  for (let index = 0; index < dump.getUint32(8, true); index += 1) {
    const entry = directory + index * 12;
    if (dump.getUint32(entry, true) === type) return dump.getUint32(entry + 8, true);
  }
  throw new Error(`The dump has no stream 0x${type.toString(16)}.`);
}

/** Positions of names and values. */
function readDictionary(dump: DataView, location: number): [name: number, value: number][] {
  if (dump.getUint32(location, true) < 4) return [];
  const at = dump.getUint32(location + 4, true);
  return Array.from({ length: dump.getUint32(at, true) }, (_, index) => [
    dump.getUint32(at + 4 + index * 8, true),
    dump.getUint32(at + 8 + index * 8, true),
  ]);
}

function text(value: string): Uint8Array {
  const bytes = Buffer.from(value);
  return Buffer.concat([numbers([bytes.length]), bytes, new Uint8Array(1)]);
}

function numbers(values: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32LE(value, index * 4));
  return bytes;
}
