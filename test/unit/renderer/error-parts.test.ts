import { describe, expect, it } from 'vitest';

import { describeError } from '../../../lib/record/describe-error.ts';
import { errorParts } from '../../../renderer/error-parts.ts';
import { plainCopy } from '../../../renderer/plain-copy.ts';

/** What the main process makes of an error of a page, after the bridge copied it. */
function told(thrown: unknown): { error_message: string; stack_trace: string | null } {
  return describeError(structuredClone(errorParts(thrown)));
}

const refusal = (): never => {
  throw new Error('refused');
};

describe('an error of a page', () => {
  it.each([
    new Error('plain'),
    new TypeError('with a class'),
    new Error('outer', { cause: new RangeError('inner', { cause: 'text' }) }),
    new AggregateError([new Error('first'), 'second'], 'both'),
    'a text',
    undefined,
    null,
    42,
    { code: 7 },
    { name: 'HttpError', message: 'status 500' },
  ])('is told as in the main process: %s', (thrown) => {
    expect(told(thrown)).toEqual(describeError(thrown));
  });

  it('survives getters that throw, proxies that refuse, circles and symbols', () => {
    const circle = new Error('circle');
    circle.cause = circle;
    expect(told(circle).error_message).toBe('circle');
    expect(told(new Proxy({}, { get: refusal, ownKeys: refusal })).error_message).toBe(
      'Thrown: an object with no keys',
    );
    expect(told({ toString: refusal }).error_message).toBe('Thrown: an object with keys toString');
    expect(told(Symbol('sign')).error_message).toBe('Thrown: Symbol(sign)');
  });

  it('is bounded, and keeps its frames behind a message of ten megabytes', () => {
    const parts = errorParts(new Error('word '.repeat(2_000_000)));
    expect(JSON.stringify(parts).length).toBeLessThan(100_000);
    expect(parts.stack).toContain('error-parts.test.ts');
  });

  it('bounds chains of causes', () => {
    const chain = Array.from({ length: 1_000 }).reduce<Error>(
      (cause) => new Error('link', { cause }),
      new Error('end'),
    );
    expect(JSON.stringify(errorParts(chain)).match(/"cause"/g)).toHaveLength(5);
  });

  it('stands alone, so that its source can be handed to another world', () => {
    const handed = `(${errorParts})`;
    expect(handed).not.toMatch(/\bimport\b|__vite/);
  });
});

describe('a copy that the bridge can carry', () => {
  it('keeps plain data and turns the rest into text or nothing', () => {
    const given = {
      text: 'a',
      list: [1, undefined, () => 1],
      when: new Date(0),
      never: new Date(Number.NaN),
      big: 10n,
      sign: Symbol('s'),
      fault: new TypeError('t'),
      method() {},
    };
    expect(plainCopy(given)).toEqual({
      text: 'a',
      list: [1, null, null],
      when: '1970-01-01T00:00:00.000Z',
      never: null,
      big: '10',
      sign: 'Symbol(s)',
      fault: 'TypeError: t',
      method: undefined,
    });
  });

  it('ends with circles, depth, length, getters that throw and __proto__', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(JSON.stringify(plainCopy(circle))).toContain('[deep]');
    expect(plainCopy(Array.from({ length: 1_000 }, () => 1))).toHaveLength(200);
    expect(
      plainCopy({
        get trap(): string {
          return refusal();
        },
      }),
    ).toBe('[unreadable]');
    expect(Object.keys(plainCopy(JSON.parse('{"__proto__":{"a":1},"b":2}')) as object)).toEqual(['b']);
  });
});
