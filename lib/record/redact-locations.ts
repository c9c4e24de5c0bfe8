/**
 * Where things lie: URLs and file paths. A path inside the app becomes `app://…`, one of the system stays, and of
 * any other no more is left than the name of a source file or the kind of a document: folders and files are
 * named by people.
 *
 * Patterns only find where a location starts; its end is searched forward within a fixed distance, and the search goes
 * on behind it. So the time is linear whatever the text holds.
 */
import { classifyPath, homeName, isDocument } from './redact-paths.ts';

/** A separator: either slash, doubled and escaped (JSON in JSON), or percent-encoded once or twice. */
const SEPARATOR = String.raw`(?:\\{1,8}\/?|\/{1,4}|%(?:25){0,2}(?:2[fF]|5[cC]))`;
/** Folders that POSIX systems begin with; what starts otherwise is more often a route than a path. */
const ROOTS = String.raw`Users|home|var|tmp|private|Volumes|media|mnt|run|root|opt|usr|etc|Library|System|Applications|Network|export|data|srv|nix|snap|nfs|net|workspaces?|builds?|cygdrive|storage|sdcard|dev|proc|app`;
const HOMES = String.raw`(?:Users|home|Documents(?: |%20)and(?: |%20)Settings)`;

const START = new RegExp(
  [
    String.raw`(?<url>(?<![A-Za-z0-9+.-])(?!file:|[a-zA-Z]:)[a-zA-Z][a-zA-Z0-9+.-]{1,30}:(?:\/\/|\\{1,4}\/\\{1,4}\/)(?!\/))`,
    String.raw`(?<file>\bfile(?::|%(?:25)?3[aA])${SEPARATOR})`,
    String.raw`(?<drive>(?<![\p{L}\p{N}])[a-zA-Z](?::|%(?:25)?3[aA])${SEPARATOR})`,
    String.raw`(?<unc>(?<![\p{L}\p{N}\\/:%])(?:\\{2,8}[?.]\\{1,4}(?:[A-Za-z]:\\{1,4})?|(?:\\{2,8}|\/\/)(?=[\p{L}\p{N}_.$-]{1,64}(?:\\|\/(?=[^/\s]{1,255}\/)))))`,
    String.raw`(?<tilde>(?<![\p{L}\p{N}~/\\])~[\w.-]{0,32}${SEPARATOR}(?=[^\s"']))`,
    String.raw`(?<posix>(?<![\p{L}\p{N}_.)\]}~%-])${SEPARATOR}(?=(?:${ROOTS})(?:${SEPARATOR}|\b)))`,
    String.raw`(?<home>${SEPARATOR}(?=${HOMES}${SEPARATOR}[^\s"']))`,
    String.raw`(?<opened>(?<=\b(?:open|stat|lstat|unlink|mkdir|scandir|rmdir|access|copyfile|rename|read|write|watch|->|file|path|module) ["'\x60])\/(?=[^/\s]))`,
    String.raw`(?<any>(?<=^|[\s"'\x60(=])\/(?=[^/\s"'\x60][^/\r\n"'\x60]{0,120}\/))`,
  ].join('|'),
  'gmu',
);

/** Where a location in brackets or after `at ` ends: at its line and column. */
const POSITION = /:\d{1,7}(?::\d{1,7})?(?=[\s),\]"'\\]|$)/;
const MAX_PATH = 1024;
/** What no file name holds outside of quotes. */
const WORD = /(?:[^\s\\/"`'<>|?*:;,(){}[\]]|'(?=\p{L}))+/uy;
const TO_SEPARATOR = new RegExp(
  String.raw`(?:[A-Za-z]:)?(?:[^\s\\/"\x60<>|?*:;%]|%(?!(?:25){0,2}(?:2[fF]|5[cC]|3[aA])))(?:(?:[^\\/"\x60<>|?*:;%\r\n]|%(?!(?:25){0,2}(?:2[fF]|5[cC]|3[aA]))){0,120}[^\s\\/"\x60<>|?*:;%=([{,])?${SEPARATOR}`,
  'uy',
);
const MORE_WORDS_TO_EXTENSION =
  /(?:[ \t]{1,2}[^\s\\/"`'<>|?*:;]{1,64}){1,12}?\.[A-Za-z][A-Za-z0-9]{1,4}(?![\p{L}\p{N}])/uy;
const CAPITALISED_WORDS = /(?: \p{Lu}\p{Ll}[\p{L}\p{M}'-]{0,30}){1,2}/uy;

export interface LocationOptions {
  appRoots: readonly string[];
  /** Names of home folders that were met: they often stand elsewhere in the text too. */
  names: Set<string>;
}

export function redactLocations(text: string, options: LocationOptions): string {
  START.lastIndex = 0;
  let done = 0;
  let out = '';
  for (let start = START.exec(text); start; start = START.exec(text)) {
    const from = start.index;
    const isUrl = start.groups?.url !== undefined;
    const mayBeRoute = start.groups?.any !== undefined;
    const to = isUrl ? endOfUrl(text, from, START.lastIndex) : endOfPath(text, from, START.lastIndex);
    const raw = text.slice(from, to);
    if (mayBeRoute && !isDocument(raw)) {
      START.lastIndex = from + 1;
      continue;
    }
    out += text.slice(done, from) + (isUrl ? redactUrl(raw, options) : redactPath(raw, options));
    done = to;
    START.lastIndex = Math.max(to, from + 1);
  }
  return (done === 0 ? text : out + text.slice(done)).replace(RELATIVE_QUERY, '?[query]$1');
}

/** `/api/search?q=…`: the query of an address without its host. */
const RELATIVE_QUERY = /(?<=[\w/])\?(?=[\w.%-]{1,64}=)[^\s"'`<>]*?((?::\d{1,7}){0,2})(?=[\s"'`<>),;]|$)/g;

function redactPath(raw: string, options: LocationOptions): string {
  const name = homeName(raw);
  if (name) options.names.add(name);
  const kept = classifyPath(raw, options.appRoots);
  return kept === null ? raw : kept;
}

const URL_END = /[\s"'`<>{}|^]|\\["'nrt]|[)\],;](?=[\s"'`\\)\],;.:]|$)/g;

function endOfUrl(text: string, from: number, pathFrom: number): number {
  URL_END.lastIndex = pathFrom;
  const end = URL_END.exec(text)?.index ?? text.length;
  // Electron serves pages from folders with spaces; in a frame the position tells where the URL ends.
  const inFrame = text[from - 1] === '(' ? endAtPosition(text, pathFrom) : -1;
  return inFrame > end ? inFrame : end;
}

const URL_PARTS = /^([a-zA-Z][a-zA-Z0-9+.-]*:[\\/]+)((?:[^\\/?#@]*@)+)?([^\\/?#]*)([^?#]*)([?#][^]*)?$/;

/** Development servers show the path on disk, with or without Vite's `@fs`. */
const FILE_IN_URL =
  /^(\/@fs(?=[\\/]))?([\\/]+(?:(?:Users|home)[\\/][^\\/]+[\\/]|(?:[A-Za-z]:|Volumes|mnt|media|private|var)[\\/]).*)$/;

/** Credentials, query and fragment go; host, path and position stay, homes in the path excepted. */
function redactUrl(raw: string, options: LocationOptions): string {
  const position = POSITION.exec(raw.slice(-20))?.[0] ?? '';
  const url = /^[a-z-]+:\/\/[^/]*$/i.test(raw) ? raw : raw.slice(0, raw.length - position.length);
  const parts = URL_PARTS.exec(url);
  if (!parts) return raw;
  const [, scheme = '', credentials, host = '', path = '', rest = ''] = parts;
  const file = scheme.startsWith('app:') ? null : FILE_IN_URL.exec(path);
  const shown = file?.[2] ? `${file[1] ?? ''}/${redactPath(file[2], options).replace(/^\//, '')}` : path;
  if (/^[?#]\[/.test(rest)) return raw;
  const query =
    rest === '' || rest === '?' || rest === '#' ? rest : rest.startsWith('#') ? '#[fragment]' : '?[query]';
  return (
    scheme +
    (credentials ? '[credentials]@' : '') +
    host +
    shown +
    (/^#\/?$/.test(rest) ? rest : query) +
    (url === raw ? '' : position)
  );
}

function endAtPosition(text: string, from: number): number {
  const near = text.slice(from, from + MAX_PATH);
  const stop = /[\r\n"`]|\\n|\)(?=\s*(?:$|[\r\n]))/.exec(near)?.index ?? near.length;
  const position = POSITION.exec(near.slice(0, stop + 1));
  return position && position.index <= stop ? from + position.index : -1;
}

/** `inside` is where the first separator ends. */
function endOfPath(text: string, from: number, inside: number): number {
  const before = text.slice(Math.max(0, from - 10), from);
  if (/\($|\bat (?:async )?$|@$/.test(before)) {
    const end = endAtPosition(text, inside);
    if (end > 0) return end;
  }
  const quote = /(\\{0,4})(["'`])$/.exec(before);
  if (quote) {
    const end = closingQuote(text, inside, quote[0]);
    if (end > 0) return end;
  }
  return endByWords(text, inside);
}

/** An apostrophe inside a name is followed by a letter, a closing quote is not. */
function closingQuote(text: string, from: number, quote: string): number {
  const near = text.slice(from, from + MAX_PATH);
  const lineEnd = near.search(/[\r\n]/);
  for (let at = near.indexOf(quote); at >= 0; at = near.indexOf(quote, at + 1)) {
    if (lineEnd >= 0 && at > lineEnd) return -1;
    if (/^[\p{L}\p{N}]/u.test(near.slice(at + quote.length, at + quote.length + 2))) continue;
    // Quotes around a whole sentence: the path ends earlier.
    return near.slice(0, at).includes(': ') ? -1 : from + at;
  }
  return -1;
}

function endByWords(text: string, from: number): number {
  let at = from;
  const limit = from + MAX_PATH;
  while (at < limit) {
    TO_SEPARATOR.lastIndex = at;
    if (!TO_SEPARATOR.test(text)) break;
    at = TO_SEPARATOR.lastIndex;
  }
  WORD.lastIndex = at;
  if (!WORD.test(text)) return at;
  const endOfWord = WORD.lastIndex;
  const word = text.slice(at, endOfWord);
  if (!/\.[A-Za-z][A-Za-z0-9]{0,4}$/.test(word)) {
    MORE_WORDS_TO_EXTENSION.lastIndex = endOfWord;
    if (MORE_WORDS_TO_EXTENSION.test(text)) return MORE_WORDS_TO_EXTENSION.lastIndex;
    CAPITALISED_WORDS.lastIndex = endOfWord;
    if (homeName(text.slice(from - 1, endOfWord), true) && CAPITALISED_WORDS.test(text))
      return CAPITALISED_WORDS.lastIndex;
  }
  const trailing = /\.+$/.exec(word);
  return trailing ? endOfWord - trailing[0].length : endOfWord;
}
