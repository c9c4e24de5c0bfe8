/**
 * What redaction must take out and must leave, over the corpus in `redaction.json` (half of it after error texts
 * that were published elsewhere) and `redaction-shapes.json`. Prints the result of each class.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { redactText } from '../../lib/record/redact.ts';

interface Case {
  class: string;
  /** Where the text it is made after was published. */
  source?: string;
  text: string;
  /** What must be gone, whatever its case. */
  leaks: string[];
  /** Stack frames and source positions that must still be there. */
  frames?: string[];
  /** Other parts that a developer needs. */
  kept?: string[];
}

/** A text in pieces would look like a real key to a scanner in one. */
type StoredCase = Omit<Case, 'text'> & { text: string | string[] };

function read(file: string): Case[] {
  const { cases } = JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8')) as {
    cases: StoredCase[];
  };
  return cases.map((item) => Object.assign(item, { text: [item.text].flat().join('') }));
}
const corpus = read('redaction.json');
const shapes = read('redaction-shapes.json');

const leaksOf = ({ text, leaks }: Case): string[] => {
  const redacted = redactText(text).toLowerCase();
  return leaks.filter((leak) => redacted.includes(leak.toLowerCase()));
};
const missingOf = (text: string, parts: string[] = []): string[] => {
  const redacted = redactText(text);
  return parts.filter((part) => !redacted.includes(part));
};

describe('the corpus', () => {
  it('has at least 250 texts, half of them after published ones', () => {
    const published = corpus.filter(({ source }) => source !== undefined);
    expect(corpus.length).toBeGreaterThanOrEqual(250);
    expect(published.length).toBeGreaterThanOrEqual(corpus.length / 2);
  });

  it('tells something in each text: every leak and every part to keep but paths stands in it', () => {
    for (const { text, leaks, kept = [] } of [...corpus, ...shapes]) {
      for (const part of leaks) expect(text.toLowerCase()).toContain(part.toLowerCase());
      for (const part of kept) expect(text.replaceAll('\\', '/')).toContain(part.replaceAll('\\', '/'));
    }
  });
});

describe('redaction', () => {
  const all = [...corpus, ...shapes];
  const classes = [...new Set(all.map((item) => item.class))].sort();

  it.each(classes)('of %s leaks nothing and keeps what developers need', (name) => {
    const cases = all.filter((item) => item.class === name);
    const leaks = cases.flatMap((item) => leaksOf(item).map((leak) => ({ leak, text: item.text })));
    const lost = cases.flatMap(({ text, kept }) => missingOf(text, kept).map((part) => ({ part, text })));
    expect({ leaks, lost }).toEqual({ leaks: [], lost: [] });
  });

  it('keeps at least 99 % of the frames', () => {
    const rows = classes.map((name) => {
      const cases = all.filter((item) => item.class === name);
      const frames = cases.flatMap((item) => item.frames ?? []);
      const lost = cases.flatMap(({ text, frames: parts }) => missingOf(text, parts));
      const leaks = cases.reduce((sum, item) => sum + leaksOf(item).length, 0);
      return { class: name, texts: cases.length, leaks, frames: frames.length, 'frames lost': lost.length };
    });
    console.table(rows);
    const frames = rows.reduce((sum, row) => sum + row.frames, 0);
    const lost = rows.reduce((sum, row) => sum + row['frames lost'], 0);
    expect(frames).toBeGreaterThan(200);
    expect(1 - lost / frames).toBeGreaterThanOrEqual(0.99);
  });

  it('changes nothing the second time', () => {
    for (const { text } of all) {
      const once = redactText(text);
      expect(redactText(once)).toBe(once);
    }
  });
});
