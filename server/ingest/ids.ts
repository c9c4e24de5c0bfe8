/** Ids as they come from outside, and the only thing that is kept of an erased user's. */
import { createHash } from 'node:crypto';

import { uuid } from '../../lib/record/fields.ts';

/** The id in lower case; null where it is no UUID. */
export function parseUuid(value: unknown): string | null {
  const result = uuid.safeParse(value);
  return result.success ? result.data : null;
}

/** SHA-256 in hex. A random UUID has 122 bits: nobody finds it by trying. */
export function hashUserId(userId: string): string {
  return createHash('sha256').update(userId).digest('hex');
}
