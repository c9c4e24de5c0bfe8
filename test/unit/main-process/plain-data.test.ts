import { describe, expect, it } from 'vitest';

import { copyPlainData } from '../../../main-process/plain-data.ts';

describe('a copy of what a page sent', () => {
  it('keeps plain JSON', () => {
    const message = {
      type: 'track',
      properties: { count: 1, success: true, none: null, list: ['a', ['b']] },
    };
    expect(copyPlainData(message)).toEqual({ copy: message });
    expect(copyPlainData('text')).toEqual({ copy: 'text' });
    expect(copyPlainData(undefined)).toEqual({ copy: undefined });
  });

  it('leaves out the names that reach a prototype, at every depth', () => {
    const { copy } = copyPlainData(
      JSON.parse('{"a":{"__proto__":{"b":1},"constructor":1,"prototype":1,"c":2}}'),
    )!;
    expect(JSON.stringify(copy)).toBe('{"a":{"c":2}}');
    expect(Object.getPrototypeOf((copy as { a: object }).a)).toBe(Object.prototype);
  });

  it('takes nothing but plain data', () => {
    const odd = {
      date: new Date(0),
      map: new Map([[1, 2]]),
      bytes: new Uint8Array(9),
      big: 1n,
      made: new URL('app:x'),
    };
    expect(copyPlainData(odd)).toEqual({
      copy: { date: null, map: null, bytes: null, big: null, made: null },
    });
  });

  it.each([
    ['deep', Array.from({ length: 50 }).reduce((inner) => ({ inner }), {})],
    ['long lists', Array.from({ length: 100_000 }, () => 1)],
    ['many entries', Object.fromEntries(Array.from({ length: 6_000 }, (_, index) => [`key${index}`, index]))],
    ['one long text', 'x'.repeat(2_000_000)],
    ['many long texts', Array.from({ length: 100 }, () => 'x'.repeat(20_000))],
    ['a long name', { ['x'.repeat(2_000_000)]: '' }],
  ])('refuses %s', (_, message) => {
    expect(copyPlainData(message)).toBeNull();
  });

  it('refuses a circle', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(copyPlainData(circle)).toBeNull();
  });
});
