/** Every hostile text of the bench, at its full length, is scrubbed; how long it takes is the bench's subject. */
import { expect, it } from 'vitest';

import { redactText } from '../../../lib/record/redact.ts';
import { HOSTILE, hostileText } from '../../bench/redact.ts';

it.each(Object.keys(HOSTILE))('100 KB of %s', (name) => {
  const text = hostileText(name);
  const redacted = redactText(text);
  expect(redacted.length).toBeLessThanOrEqual(text.length * 5);
});
