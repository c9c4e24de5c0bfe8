import { describe, expect, it } from 'vitest';

import { type Catalogue, compileCatalogue, defineCatalogue } from '../../../lib/record/catalogue.ts';
import { RoostError } from '../../../lib/record/errors.ts';
import { estimateTranscriptionCost, storiesCatalogue } from '../../../lib/record/stories-catalogue.ts';

const catalogue = defineCatalogue({
  saved: {
    purpose: 'How often people save.',
    properties: {
      seconds: { type: 'number', min: 0, max: 10, required: true },
      count: { type: 'integer', min: 1 },
      kind: { type: 'enum', values: ['a', 'b'] },
      note: { type: 'string', maxLength: 3 },
      ok: { type: 'boolean' },
    },
  },
  empty: { purpose: 'Nothing.', properties: {} },
});
const { check } = compileCatalogue(catalogue);

describe('check', () => {
  it('takes what the catalogue describes', () => {
    const properties = { seconds: 0, count: 1, kind: 'a', note: '🙈🙈🙈', ok: false };
    expect(check('saved', properties)).toEqual({ ok: true, properties, stripped: 0 });
    expect(check('empty', undefined)).toEqual({ ok: true, properties: {}, stripped: 0 });
  });

  it('strips and counts what it does not know, and takes undefined for absent', () => {
    expect(check('saved', { seconds: 1, other: {}, more: null, ok: undefined })).toEqual({
      ok: true,
      properties: { seconds: 1 },
      stripped: 2,
    });
    expect(check('empty', JSON.parse('{"__proto__":{"x":1},"constructor":2}'))).toMatchObject({
      ok: true,
      properties: {},
    });
  });

  it.each([
    [{}, 'properties.seconds: expected number'],
    [{ seconds: '1' }, 'properties.seconds: expected number'],
    [{ seconds: Number.NaN }, 'properties.seconds: expected number'],
    [{ seconds: Number.POSITIVE_INFINITY }, 'properties.seconds: expected number'],
    [{ seconds: -1 }, 'properties.seconds: expected at least 0'],
    [{ seconds: 11 }, 'properties.seconds: expected at most 10'],
    [{ seconds: 1, count: 1.5 }, 'properties.count: expected integer'],
    [{ seconds: 1, kind: 'c' }, 'properties.kind: expected one of a, b'],
    [{ seconds: 1, note: 'abcd' }, 'properties.note: expected at most 3 characters'],
    [{ seconds: 1, ok: 'yes' }, 'properties.ok: expected boolean'],
    [{ seconds: null }, 'properties.seconds: expected number'],
    [[], 'properties: expected object'],
    ['text', 'properties: expected object'],
  ])('refuses %j', (properties, message) => {
    expect(check('saved', properties)).toEqual({ ok: false, code: 'invalid_event', message });
  });

  it('does not know other events, whatever they are called, and repeats no more than a name', () => {
    for (const event of ['other', 'constructor', '__proto__', 'toString']) {
      expect(check(event, {})).toMatchObject({ ok: false, code: 'unknown_event' });
    }
    const refused = check(`x\n${'y'.repeat(1_000)}`, {});
    expect(refused.ok).toBe(false);
    expect(JSON.stringify(refused).length).toBeLessThan(200);
  });
});

describe('defineCatalogue', () => {
  it.each([
    [{ Saved: { purpose: 'x', properties: {} } }],
    [{ saved: { purpose: '', properties: {} } }],
    [{ saved: { purpose: 'x' } }],
    [{ saved: { purpose: 'x', properties: { 'a-b': { type: 'number' } } } }],
    [{ saved: { purpose: 'x', properties: { a: { type: 'date' } } } }],
    [{ saved: { purpose: 'x', properties: { a: { type: 'string', maxLength: 201 } } } }],
    [{ saved: { purpose: 'x', properties: { a: { type: 'enum', values: [] } } } }],
    [{ saved: { purpose: 'x', properties: { a: { type: 'number', min: 2, max: 1 } } } }],
    [{ saved: { purpose: 'x', properties: { a: { type: 'number', minimum: 1 } } } }],
    ['text'],
  ])('refuses %j', (wrong) => {
    expect(() => defineCatalogue(wrong as unknown as Catalogue)).toThrow(
      expect.objectContaining({ name: 'RoostError', code: 'invalid_catalogue' }) as RoostError,
    );
  });

  it('is plain data: the same after JSON', () => {
    expect(defineCatalogue(JSON.parse(JSON.stringify(storiesCatalogue)))).toEqual(storiesCatalogue);
  });
});

describe('the Stories catalogue', () => {
  const stories = compileCatalogue(storiesCatalogue);

  it('has the events of the specification', () => {
    expect(Object.keys(storiesCatalogue)).toEqual([
      'app_opened',
      'recording_started',
      'recording_completed',
      'transcription_completed',
      'transcription_failed',
      'feature_toggled',
      'retry_attempted',
      'dictionary_used',
    ]);
  });

  it.each([
    ['recording_completed', { audio_duration_seconds: 1, source: 'widget', success: true }, true],
    ['recording_completed', { audio_duration_seconds: 1, source: 'widget' }, false],
    ['transcription_failed', { error_type: 'timeout' }, true],
    ['transcription_failed', { error_type: 'other' }, false],
    ['feature_toggled', { feature: 'auto_paste', enabled: false }, true],
    ['dictionary_used', { count: 0 }, false],
    ['app_opened', {}, true],
  ])('%s %j: %s', (event, properties, ok) => {
    expect(stories.check(event, properties).ok).toBe(ok);
  });

  it('knows what a transcription costs', () => {
    expect(estimateTranscriptionCost(120)).toBeCloseTo(0.012);
    expect(estimateTranscriptionCost(90, 0.01)).toBeCloseTo(0.015);
  });
});
