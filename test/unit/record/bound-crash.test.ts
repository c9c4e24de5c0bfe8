import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { boundCrash } from '../../../lib/record/bound-crash.ts';
import { cutText } from '../../../lib/record/cut.ts';
import { makeCrash } from '../../helpers/records.ts';

const length = (text: string | null | undefined): number => [...(text ?? '')].length;
const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

describe('boundCrash', () => {
  it('leaves an ordinary crash as it is', () => {
    const crash = makeCrash();
    expect(boundCrash(crash)).toEqual(crash);
  });

  it('cuts each text to its limit in code points, mark included', () => {
    const crash = boundCrash(
      makeCrash({
        error_message: '🙈 '.repeat(2_000),
        stack_trace: 'at x '.repeat(20_000),
        app_version: '1.2.3-'.repeat(10),
        os_version: 'Plan 9 '.repeat(20),
        platform: 'Plan 9 '.repeat(20),
      }),
    );
    expect(length(crash.error_message)).toBe(2_000);
    expect(crash.error_message).toMatch(/… \[cut\]$/);
    expect(length(crash.stack_trace)).toBe(65_536);
    expect(length(crash.app_version)).toBe(20);
    expect(length(crash.os_version)).toBe(50);
    expect(length(crash.platform)).toBe(50);
  });

  it('scrubs before it cuts: half a key would not be recognised', () => {
    const key = ['sk', 'proj', 'abcdefghijklmnopqrstuvwxyz0123456789'].join('-');
    const { error_message: message } = boundCrash(
      makeCrash({ error_message: `${'x '.repeat(985)}${key} and more ${'y '.repeat(50)}` }),
    );
    expect(message).not.toContain('sk-');
    expect(message).toContain('[secret]');
  });

  it('scrubs every text, and keeps ids and versions', () => {
    const crash = makeCrash({
      error_message: 'eva@example.org',
      stack_trace: 'at f (/Users/eva/x.js:1:2)',
      context: { note: 'eva@example.org' },
      os_version: 'eva@example.org',
      platform: 'eva@example.org',
      app_version: '1.2.3.4',
    });
    const bounded = boundCrash(crash);
    expect(JSON.stringify(bounded)).not.toMatch(/eva/);
    expect(bounded).toMatchObject({
      event_id: crash.event_id,
      user_id: crash.user_id,
      app_version: '1.2.3.4',
    });
  });

  it('keeps what is unknown unknown', () => {
    const crash = makeCrash({ stack_trace: null, context: null, os_version: null, platform: null });
    expect(boundCrash(crash)).toEqual(crash);
  });

  it('makes any context fit 32 KiB, keeping small members', () => {
    const long = 'word '.repeat(4_000);
    const crash = makeCrash({
      context: {
        process: 'main',
        breadcrumbs: Array.from({ length: 500 }, (_, at) => `step ${at} ${'done '.repeat(40)}`),
        dump: long,
        nested: { deep: [long, long] },
      },
    });
    const { context } = boundCrash(crash);
    expect(bytes(context)).toBeLessThanOrEqual(32 * 1024);
    expect(context).toMatchObject({ process: 'main' });
    expect((context!.breadcrumbs as string[]).at(-1)).toMatch(/^step 499/);
  });

  it('fits whatever JSON holds', () => {
    const json = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }), { maxKeys: 20 });
    fc.assert(
      fc.property(json, fc.integer({ min: 1, max: 2_000 }), (context, times) => {
        const wide = { ...context, list: Array.from({ length: times }, () => context) };
        expect(bytes(boundCrash(makeCrash({ context: wide })).context)).toBeLessThanOrEqual(32 * 1024);
      }),
      { numRuns: 30, seed: 20260601 },
    );
  });
});

describe('cutText', () => {
  it('counts code points', () => {
    expect(cutText('🙈'.repeat(10), 10)).toBe('🙈'.repeat(10));
    expect(cutText('🙈'.repeat(11), 10)).toBe('🙈🙈🙈… [cut]');
    expect(cutText('abcdef', 3)).toBe('abc');
  });
});
