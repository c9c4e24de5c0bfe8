/** Which crashes are one fault, over the stacks in `fingerprint.json`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { boundCrash } from '../../lib/record/bound-crash.ts';
import type { CrashType } from '../../lib/record/crash.ts';
import { fingerprint } from '../../lib/record/fingerprint.ts';
import { makeCrash } from '../helpers/records.ts';

interface Crash {
  crash_type: CrashType;
  error_message: string;
  stack_trace: string | null;
}
const { faults } = JSON.parse(readFileSync(join(import.meta.dirname, 'fingerprint.json'), 'utf8')) as {
  faults: { name: string; same: Crash[] }[];
};

describe('fingerprint', () => {
  it.each(faults)('$name: one group', ({ same }) => {
    expect(new Set(same.map((crash) => fingerprint(crash).fingerprint)).size).toBe(1);
  });

  it('tells all faults apart', () => {
    expect(new Set(faults.map(({ same }) => fingerprint(same[0]!).fingerprint)).size).toBe(faults.length);
  });

  it('is the same before and after scrubbing and cutting', () => {
    for (const crash of faults.flatMap(({ same }) => same)) {
      expect(fingerprint(boundCrash(makeCrash(crash)))).toEqual(fingerprint(crash));
    }
  });

  it('names its version, and fits into a URL', () => {
    for (const { same } of faults) expect(fingerprint(same[0]!).fingerprint).toMatch(/^v1-[0-9a-f]{16}$/);
  });

  it('gives the first line of the message as title, scrubbed and bounded', () => {
    const title = (message: string): string =>
      fingerprint({ crash_type: 'main_crash', error_message: message, stack_trace: null }).title;
    expect(title('Error: mail eva@example.org\n  second line')).toBe('Error: mail [email]');
    expect(title('')).toBe('main crash');
    expect([...title('x'.repeat(5_000))]).toHaveLength(200);
  });
});
