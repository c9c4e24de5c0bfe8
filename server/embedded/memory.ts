/** How much memory the embedded PostgreSQL keeps pages in. */
import { totalmem } from 'node:os';

const MIB = 2 ** 20;

/** PostgreSQL's own default. MiB. */
const LEAST = 128;
/** Whoever has more data than this serves is better off with a PostgreSQL of their own. MiB. */
const MOST = 1_024;

/**
 * `shared_buffers`: an eighth of the memory, half of what PostgreSQL's manual advises for a machine of its own, as the
 * server and all else live here too. A table that is larger than a quarter of it is read anew for every question.
 */
export function sharedBuffers(memoryBytes = memoryOfMachine()): string {
  return `${Math.min(MOST, Math.max(LEAST, Math.floor(memoryBytes / 8 / MIB)))}MB`;
}

/** Of the container, where that is less. Bytes. */
function memoryOfMachine(): number {
  return Math.min(totalmem(), process.constrainedMemory() || Infinity);
}
