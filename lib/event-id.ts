/** The id that makes a record the same one however often it is sent: UUID v7, made once, at capture. */
import { v7 } from 'uuid';

const BYTES = 16;

/** Draws random bytes for 256 ids at a time: a system call for each id would cost more than the rest of `track`. */
export function createEventIds(): () => string {
  const pool = new Uint8Array(BYTES * 256);
  let used = pool.length;
  return () => {
    if (used === pool.length) {
      crypto.getRandomValues(pool);
      used = 0;
    }
    const random = pool.subarray(used, used + BYTES);
    used += BYTES;
    return v7({ random });
  };
}
