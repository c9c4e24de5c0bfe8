/**
 * Reads what PostgreSQL's `array_send` writes, several arrays behind each other: of each the number of dimensions,
 * whether it has nulls, the type of its elements, length and lower bound of each dimension; then every element,
 * preceded by its length. Four bytes each, big-endian.
 */

const HEADER_BYTES = 12;
const DIMENSION_BYTES = 8;
const LENGTH_BYTES = 4;

/** All elements of one-dimensional or empty arrays without nulls. */
export function readArrays<T>(
  bytes: Buffer | null,
  readElement: (bytes: Buffer, at: number, end: number) => T,
): T[] {
  const elements: T[] = [];
  if (bytes === null) return elements;
  for (let at = 0; at < bytes.length;) {
    const dimensions = bytes.readInt32BE(at);
    let left = dimensions === 0 ? 0 : bytes.readInt32BE(at + HEADER_BYTES);
    at += HEADER_BYTES + dimensions * DIMENSION_BYTES;
    for (; left > 0; left -= 1) {
      const start = at + LENGTH_BYTES;
      at = start + bytes.readInt32BE(at);
      elements.push(readElement(bytes, start, at));
    }
  }
  return elements;
}
