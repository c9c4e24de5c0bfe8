/**
 * Redaction of hostile texts, at 100 KB and at twice that: where the time is linear in the length, the ratio of
 * the two stays near 2. Each text repeats what a pattern starts with, so that a pattern which looks far ahead in vain
 * would do so at every place.
 */
import { redactText } from '../../lib/record/redact.ts';
import { toTable } from '../torture/table.ts';

export const title = 'Redaction of hostile texts';

export interface RedactResult {
  name: string;
  /** Milliseconds for 100,000 UTF-16 units: the fastest of the runs. */
  single: number;
  double: number;
  ratio: number;
}

const SIZE = 100_000;

const fill = (unit: string, size: number): string =>
  unit.repeat(Math.ceil(size / unit.length)).slice(0, size);

/** What is repeated; with `tail`, once more at the end. */
export const HOSTILE: Record<string, { unit: string; head?: string; tail?: string }> = {
  'one word': { unit: 'a' },
  'at signs': { unit: '@' },
  'e-mail beginnings': { unit: 'a.b+c@' },
  'e-mail without an end': { unit: 'a.', head: 'x@' },
  'domain labels': { unit: 'abc-def.', head: 'eva@', tail: '!' },
  slashes: { unit: '/' },
  backslashes: { unit: '\\' },
  'encoded slashes': { unit: '%2F' },
  'doubly encoded slashes': { unit: '%252F' },
  'home folders': { unit: '/Users/a' },
  'home folders with spaces': { unit: '/home/a b ' },
  'quoted path without an end': { unit: "'/Users/a b" },
  'path in brackets without a position': { unit: '(/Users/a/b' },
  'drive letters': { unit: 'C:\\a' },
  'network shares': { unit: '\\\\a\\b ' },
  'file URLs': { unit: 'file:///C:/a ' },
  'URL credentials': { unit: 'a:', head: 'https://', tail: '/' },
  'URL at signs': { unit: '%40@', head: 'https://', tail: '/' },
  'URL beginnings': { unit: 'a://' },
  queries: { unit: '?a=' },
  'query without a delimiter': { unit: ':1', head: '/x?a=' },
  'address without an end': { unit: '1.' },
  'IPv6 colons': { unit: ':' },
  'IPv6 groups': { unit: 'ab:' },
  'hexadecimal digits': { unit: 'a1' },
  'UUID beginnings': { unit: '12345678-1234-' },
  'key beginnings': { unit: 'sk-' },
  'token beginnings': { unit: 'eyJhbGciOi' },
  'token parts': { unit: '.a', head: 'eyJhbGciOiJ' },
  'PEM beginnings': { unit: '-----BEGIN A KEY-----' },
  'PEM dashes': { unit: '-' },
  'secret names': { unit: 'password' },
  'secret assignments': { unit: 'password="' },
  'secret names with dashes': { unit: 'a-', tail: 'password=x' },
  'bearer words': { unit: 'Bearer ' },
  'bearer value': { unit: 'a.', head: 'Bearer ' },
  stars: { unit: '*' },
  quotes: { unit: '"' },
  'quoted words': { unit: "'a " },
  'JSON remarks': { unit: '"a" is not valid ' },
  'file names': { unit: 'a.wav' },
  'file names with spaces': { unit: 'a b.wa ' },
  'capital words': { unit: ' Ab', head: '/Users/x' },
  'owned devices': { unit: "A'" },
  'machine names': { unit: 'a-', tail: 'MacBook' },
  'phone digits': { unit: '+1' },
  coordinates: { unit: '1.00001, ' },
  'stack frames': { unit: '    at f (/Users/eva/a/src/b.js:1:2)\n' },
  'mixed letters': { unit: 'aB3xK9qLm2ZpW7vT', tail: ' ' },
  'mixed letters with slashes': { unit: 'aB3x/K9qL+m2Zp', tail: ' ' },
  'surrogate pairs': { unit: '😀' },
  'lines without an end': { unit: 'at (' },
  'git prompts': { unit: 'Password for ' },
  'cookie headers': { unit: 'cookie: "' },
  'data URLs': { unit: 'data:a;b' },
  'database keys': { unit: 'Key (a)=(' },
};

/** The text of one case, `size` UTF-16 units of the repeated part long. */
export function hostileText(name: string, size = SIZE): string {
  const { unit, head = '', tail = '' } = HOSTILE[name] ?? { unit: name };
  return head + fill(unit, size) + tail;
}

function fastest(text: string, runs: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run += 1) {
    const start = performance.now();
    redactText(text);
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

/** Runs every case; `runs` times each, the fastest counts. */
export function benchRedact(runs = 3): RedactResult[] {
  return Object.keys(HOSTILE).map((name) => {
    const single = fastest(hostileText(name), runs);
    const double = fastest(hostileText(name, 2 * SIZE), runs);
    return { name, single, double, ratio: double / single };
  });
}

export async function run(): Promise<string> {
  const results = benchRedact().sort((a, b) => b.single - a.single);
  const rows = results.map(({ name, single, double, ratio }) => {
    return [name, `${single.toFixed(1)} ms`, `${double.toFixed(1)} ms`, ratio.toFixed(1)];
  });
  return [
    'Texts that repeat what a pattern starts with. The reference is the same text at twice the length: linear time',
    'keeps the ratio near 2. The fastest of three runs each.',
    '',
    toTable(['repeated', '100 KB', '200 KB', 'ratio'], rows),
  ].join('\n');
}
