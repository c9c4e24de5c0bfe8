import { describe, expect, it } from 'vitest';

import { describeError } from '../../../lib/record/describe-error.ts';
import { MAX_ERROR_MESSAGE_LENGTH, MAX_STACK_TRACE_LENGTH } from '../../../lib/record/limits.ts';

describe('what was thrown, as texts', () => {
  it('gives message and stack of an error, and its class where it says more than Error', () => {
    const plain = new Error('it broke');
    expect(describeError(plain)).toEqual({ error_message: 'it broke', stack_trace: plain.stack });
    expect(describeError(new TypeError('no function')).error_message).toBe('TypeError: no function');
    expect(describeError(new Error('')).error_message).toBe('Error');
  });

  it.each([
    ['a text', 'a text'],
    ['', 'Thrown: an empty string'],
    [undefined, 'Thrown: undefined'],
    [null, 'Thrown: null'],
    [42, 'Thrown: 42'],
    [10n, 'Thrown: 10'],
    [Symbol('sign'), 'Thrown: Symbol(sign)'],
    [{ code: 7, detail: 'x' }, 'Thrown: an object with keys code, detail'],
    [Object.create(null), 'Thrown: an object with no keys'],
    [[], 'Thrown: an object with no keys'],
  ])('tells of %o, which is no error', (thrown, message) => {
    expect(describeError(thrown)).toEqual({ error_message: message, stack_trace: null });
  });

  it('takes an object with a message for an error', () => {
    expect(describeError({ name: 'HttpError', message: 'status 500' }).error_message).toBe(
      'HttpError: status 500',
    );
  });

  it('tells the causes, and those of the causes', () => {
    const error = new Error('outer', { cause: new TypeError('middle', { cause: 'inner' }) });
    const { stack_trace } = describeError(error);
    expect(stack_trace).toContain('Error: outer\n');
    expect(stack_trace).toContain('Caused by: TypeError: middle\n');
    expect(stack_trace).toContain('Caused by: inner');
  });

  it('tells the first errors of an AggregateError, and how many there are', () => {
    const errors = Array.from({ length: 8 }, (_, index) => new Error(`part ${index + 1}`));
    const { stack_trace } = describeError(new AggregateError(errors, 'all broke'));
    expect(stack_trace).toContain('Error 1 of 8: Error: part 1');
    expect(stack_trace).toContain('Error 5 of 8: Error: part 5');
    expect(stack_trace).not.toContain('part 6');
  });

  it('ends with circular causes and errors that hold themselves', () => {
    const first = new Error('first');
    const second = new Error('second', { cause: first });
    first.cause = second;
    expect(describeError(first).stack_trace?.match(/Caused by/g)).toHaveLength(1);
    const own = new AggregateError([], 'own');
    own.errors.push(own);
    expect(describeError(own).error_message).toBe('AggregateError: own');
  });

  it('survives getters that throw, stacks that are no text, and proxies that refuse everything', () => {
    const trap = {
      get message(): string {
        throw new Error('trap');
      },
      get stack(): string {
        throw new Error('trap');
      },
    };
    expect(describeError(trap).error_message).toBe('Thrown: an object with keys message, stack');
    const odd = Object.assign(new Error('odd'), { stack: [1, 2] });
    expect(describeError(odd)).toEqual({ error_message: 'odd', stack_trace: null });
    const refusal = (): never => {
      throw new Error('refused');
    };
    const proxy = new Proxy({}, { get: refusal, ownKeys: refusal, getPrototypeOf: refusal, has: refusal });
    expect(describeError(proxy).error_message).toBe('Thrown: an object with unreadable keys');
    expect(describeError({ toString: refusal, message: 'still told' }).error_message).toBe('still told');
  });

  it('bounds a message of ten megabytes and keeps the frames behind it', () => {
    const huge = new Error('word '.repeat(2_000_000));
    const { error_message, stack_trace } = describeError(huge);
    expect(error_message.length).toBeLessThanOrEqual(MAX_ERROR_MESSAGE_LENGTH * 4);
    expect(stack_trace!.length).toBeLessThanOrEqual(MAX_STACK_TRACE_LENGTH * 4);
    expect(stack_trace).toContain('describe-error.test.ts');
  });

  it('cuts between words, so that no secret is halved', () => {
    const secret = 'sk_live_0123456789abcdef';
    const { error_message } = describeError(new Error(`${secret} `.repeat(1_000)));
    expect(error_message.replaceAll(secret, '').replaceAll(' ', '')).toBe('…[cut]');
  });

  it('never gives half a surrogate pair', () => {
    expect(describeError(new Error('😀'.repeat(10_000))).error_message.isWellFormed()).toBe(true);
  });
});
