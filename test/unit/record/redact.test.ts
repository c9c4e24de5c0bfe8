/** Options, JSON, properties and bounds of redaction; what it finds in texts is in test/contract. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { redactJson, redactLabel, redactProperties, redactText } from '../../../lib/record/redact.ts';

describe('redactText', () => {
  it('shows paths below the given roots as app://', () => {
    const options = { appRoots: ['/Users/eva/code/stories/', 'C:\\dev\\stories'] };
    expect(redactText('at f (/Users/eva/code/stories/src/a.ts:1:2)', options)).toBe(
      'at f (app://src/a.ts:1:2)',
    );
    expect(redactText('at f (c:\\Dev\\Stories\\src\\a.ts:1:2)', options)).toBe('at f (app://src/a.ts:1:2)');
    expect(redactText('at f (file:///Users/eva/code/stories/node_modules/x/y.js:1:2)', options)).toBe(
      'at f (app://node_modules/x/y.js:1:2)',
    );
    expect(redactText("open '/Users/eva/code/stories-private/a.wav'", options)).toBe("open '[path].wav'");
  });

  it('takes out the words that only this machine knows to be private', () => {
    const options = { privateWords: ['jmuster', 'Evas-Rechner.example', 'x', 'admin'] };
    expect(redactText('jmuster on EVAS-RECHNER: admin x', options)).toBe('[user] on [user]: admin x');
    expect(redactText('jmusterling', options)).toBe('jmusterling');
    expect(redactText('    at jmuster (app://dist/jmuster.js:1:2)', options)).toBe(
      '    at jmuster (app://dist/jmuster.js:1:2)',
    );
  });

  it('leaves short plain words alone', () => {
    for (const word of ['', 'widget', 'main_window', 'rate_limited']) expect(redactText(word)).toBe(word);
  });

  it('ends a text that is too long at the end of a word', () => {
    const redacted = redactText(`${'word '.repeat(200_000)}eva@example.org`);
    expect(redacted.length).toBeLessThan(600_000);
    expect(redacted).toMatch(/word$/);
    expect(redactText(`${'x'.repeat(524_280)}eva@example.org`)).not.toContain('eva');
  });
});

describe('redactLabel', () => {
  it('takes four numbers for a version', () => {
    expect(redactLabel('Windows 10.0.1.2')).toBe('Windows 10.0.1.2');
    expect(redactText('10.0.1.2')).toBe('[ip]');
    expect(redactLabel('macOS 15.1')).toBe('macOS 15.1');
    expect(redactLabel('eva@example.org')).toBe('[email]');
  });
});

describe('redactJson', () => {
  it('leaves out what comes after very much text, however it is spread', () => {
    const texts = Array.from({ length: 5_000 }, (_, index) => `${index}: ${'word '.repeat(100)}`);
    const scrubbed = redactJson({ texts, after: 'mail eva@example.org' }) as {
      texts: string[];
      after: string;
    };
    expect(scrubbed.texts[0]).toBe(texts[0]);
    expect(scrubbed.texts.at(-1)).toBe('[cut]');
    expect(JSON.stringify(scrubbed).length).toBeLessThan(400_000);
    expect(redactJson(Array.from({ length: 20_000 }, () => 'a'))).toContain('[cut]');
  });

  it('scrubs texts and keys at any depth', () => {
    expect(
      redactJson({ a: [{ 'eva@example.org': 'mail eva@example.org', n: 1, b: true, z: null }] }),
    ).toEqual({ a: [{ '[email]': 'mail [email]', n: 1, b: true, z: null }] });
  });

  it('drops the values of keys that name a secret or a person', () => {
    expect(
      redactJson({
        apiKey: 'short',
        headers: { Authorization: 'Basic x', cookie: ['a=b'] },
        password: { nested: 'hunter2' },
        userName: 'eva',
        transcript: 'dear diary',
        lat: 52.5,
        tokens: 12,
        reason: 'crashed',
        hasPassword: true,
      }),
    ).toEqual({
      apiKey: '[secret]',
      headers: { Authorization: '[secret]', cookie: '[secret]' },
      password: '[secret]',
      userName: '[personal]',
      transcript: '[personal]',
      lat: '[personal]',
      tokens: 12,
      reason: 'crashed',
      hasPassword: true,
    });
  });

  it('keeps build ids of modules, and only where they look like one', () => {
    const id = '4C4C44A555553144A1A7B7F0B0F3E2A1';
    expect(redactJson({ build_id: id, note: id })).toEqual({ build_id: id, note: '[secret]' });
    expect(redactJson({ build_id: 'mail eva@example.org' })).toEqual({ build_id: 'mail [email]' });
  });

  it('does not follow cycles, nor make prototypes', () => {
    const cyclic: Record<string, unknown> = { a: 1 };
    cyclic.self = cyclic;
    expect(JSON.stringify(redactJson(cyclic))).toContain('[cut]');
    const polluted = redactJson(JSON.parse('{"__proto__":{"admin":true},"constructor":1}')) as object;
    expect(Object.getPrototypeOf(polluted)).toBe(Object.prototype);
    expect(Object.keys(polluted)).toEqual(['__proto__', 'constructor']);
  });

  it('turns what JSON cannot hold into what it can', () => {
    expect(redactJson({ n: Number.NaN, f: () => 1, u: undefined, l: [undefined] })).toEqual({
      n: 'NaN',
      f: undefined,
      u: undefined,
      l: [null],
    });
  });
});

describe('redactProperties', () => {
  it('scrubs texts, and keeps numbers and booleans', () => {
    expect(redactProperties({ source: 'widget', note: 'eva@example.org', n: 1.5, ok: false })).toEqual({
      source: 'widget',
      note: '[email]',
      n: 1.5,
      ok: false,
    });
  });

  it('keeps a text within its length, marks included', () => {
    const { note } = redactProperties({ note: 'a@b.co '.repeat(28) });
    expect([...String(note)].length).toBeLessThanOrEqual(200);
  });
});

describe('any text', () => {
  const word = fc.constantFrom(
    'eva@example.org',
    '/Users/eva/x.wav',
    'C:\\Users\\eva\\',
    'https://a:b@c.d/e?f=g',
    '10.0.0.1',
    'at f (',
    ':1:2)',
    'Bearer abcdefgh12345678',
    'password=',
    '"',
    "'",
    '\\',
    '%2F',
    '\n',
    '🙈',
    '-----BEGIN KEY-----',
    '****x',
    '::1',
  );
  const text = fc
    .array(fc.oneof(word, fc.string({ maxLength: 12 }), fc.string({ unit: 'binary', maxLength: 6 })), {
      maxLength: 12,
    })
    .map((parts) => parts.join(''));

  it('is scrubbed without an error, and no secret stands in the result', () => {
    fc.assert(
      fc.property(text, (given) => {
        const redacted = redactText(given);
        expect(redacted).not.toMatch(/eva@example\.org|\/Users\/eva|Bearer abcdefgh12345678/);
      }),
      { numRuns: 500, seed: 20260601 },
    );
  });

  it('loses a planted address, key and home, whatever stands around it', () => {
    const around = fc.string({ maxLength: 20 });
    const apart = fc.constantFrom(' ', '\n', '"', '(', ', ', ': ');
    const planted = fc.constantFrom(
      'canary@mail.example.com',
      '/home/canary/music/canary.wav',
      'C:\\Users\\canary\\canary.db',
      'AKIACANARY0CANARY0CA',
    );
    fc.assert(
      fc.property(around, apart, planted, around, (before, gap, secret, after) => {
        expect(redactText(`${before}${gap}${secret} ${after}`).toLowerCase()).not.toContain('canary');
      }),
      { numRuns: 500, seed: 20260601 },
    );
  });
});
