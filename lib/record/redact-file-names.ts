/** Names of documents that stand without their folder. People name their files after what is in them. */
import { DOCUMENT } from './redact-paths.ts';

const EXTENSION = new RegExp(String.raw`\.(?:${DOCUMENT})(?![\p{L}\p{N}_-]|\.\p{L})`, 'giu');
const DELIMITER = /[\s"'`<>|()[\]{},;:=*?]/;
const MAX_NAME = 255;

/** `could not decode 'Interview Anna.wav'` → `could not decode '[file].wav'`. */
export function redactFileNames(text: string): string {
  let out = '';
  let done = 0;
  EXTENSION.lastIndex = 0;
  for (let match = EXTENSION.exec(text); match; match = EXTENSION.exec(text)) {
    const start = startOfName(text, match.index, EXTENSION.lastIndex, done);
    if (start === match.index || text[match.index - 1] === ']' || isOwn(text, start, EXTENSION.lastIndex))
      continue;
    out += `${text.slice(done, start)}[file]`;
    done = match.index;
  }
  return done === 0 ? text : out + text.slice(done);
}

/** Files of the app, and functions that are called like a kind of file: `at Archive.zip (app://…)`. */
function isOwn(text: string, start: number, end: number): boolean {
  return (
    /\bapp:\S*$/.test(text.slice(Math.max(0, start - MAX_NAME), start)) ||
    (/\bat (?:async |new )?$/.test(text.slice(Math.max(0, start - 10), start)) &&
      /^ [([]/.test(text.slice(end, end + 2)))
  );
}

/** Back to the opening quote where the name stands in quotes, to the last slash of a URL, else to the start of the word. */
function startOfName(text: string, from: number, end: number, earliest: number): number {
  const limit = Math.max(earliest, from - MAX_NAME);
  let word = from;
  while (word > limit && !DELIMITER.test(text[word - 1] ?? '')) word -= 1;
  if (text[word - 1] === ':' && text.startsWith('//', word)) return text.lastIndexOf('/', from) + 1;
  const quote = /["'`]/.exec(text[end] ?? '')?.[0];
  if (!quote) return word;
  for (let at = from; at > limit; at -= 1) {
    const before = text[at - 1];
    if (before === '\n') break;
    if (before === quote) return at;
  }
  return word;
}
