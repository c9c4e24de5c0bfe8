/**
 * Redaction: what identifies a person, a machine or a place, and what opens a door, is taken out of free text, match by
 * match, leaving a mark in its place (`[email]`, `[path]`, …). Stack frames survive. The same code runs in the client,
 * before a record is queued, and on the server, before it is stored: the marks pass through unchanged.
 *
 * Texts are redacted before they are cut: half a key no longer looks like one. Each pattern is linear in the text's
 * length: repetitions are bounded or cannot start again inside what they ran over (`test/bench/redact.ts` shows it).
 *
 * It cannot know a person's name or what was said from other words. Such things must not be put into messages.
 */
import { MAX_PROPERTY_STRING_LENGTH } from './limits.ts';
import type { Properties } from './event.ts';
import { cutText } from './cut.ts';
import { isPersonalName, redactIdentity, redactIpv4, redactParsedText } from './redact-identity.ts';
import { redactLocations } from './redact-locations.ts';
import { redactFileNames } from './redact-file-names.ts';
import { isSecretName, redactRandomTokens, redactSecrets } from './redact-secrets.ts';

export interface RedactOptions {
  /** Folders of the app's own files: paths below them become `app://…`. Default: none but what is known by its form. */
  appRoots?: readonly string[];
  /** Words that only this machine knows to be private: user name, host name. At least 3 characters each. */
  privateWords?: readonly string[];
}

/**
 * A longer text is cut first, at the end of a word; more texts than this in one JSON are left out. Well above all that
 * is kept of a crash, and low enough to scrub in a fraction of a second. UTF-16 units.
 */
const MAX_TEXT = 256 * 1024;
const MAX_DEPTH = 16;
const MAX_NODES = 10_000;

/** Scrubs a text. Never throws, never lengthens a text by more than a mark for each match. */
export function redactText(text: string, options: RedactOptions = {}): string {
  return redact(text, options, redactIpv4);
}

/** Scrubs a version or the name of an operating system: as `redactText`, but four numbers are a version. */
export function redactLabel(text: string, options: RedactOptions = {}): string {
  return redact(text, options, (label) => label);
}

/** Short plain words, as properties mostly are, need no search. */
const MAY_HOLD_SOMETHING = /[^A-Za-z_ ]|.{20}/s;

function redact(text: string, options: RedactOptions, addresses: (text: string) => string): string {
  const words = options.privateWords ?? [];
  if (words.length === 0 && !MAY_HOLD_SOMETHING.test(text)) return text;
  const names = new Set<string>();
  let out = redactParsedText(bounded(text));
  out = redactLocations(out, { appRoots: options.appRoots ?? [], names });
  out = redactFileNames(out);
  out = redactSecrets(out);
  out = redactIdentity(out);
  out = addresses(out);
  out = redactRandomTokens(out);
  return redactWords(out, [...words, ...names]);
}

function bounded(text: string): string {
  if (text.length <= MAX_TEXT) return text;
  const head = text.slice(0, MAX_TEXT);
  return head.slice(0, Math.max(head.search(/\s\S*$/), MAX_TEXT - 4096));
}

/** Names of accounts that say nothing about a person, and would spoil stack frames. */
const COMMON_WORDS = new Set(
  'admin administrator all app apps app.asar build ci default dev developer docker electron guest home index localhost local main node none null object public renderer root runner runneradmin server shared stories system temp test tester ubuntu user username users usuario vagrant vscode work you yourname'.split(
    ' ',
  ),
);

function redactWords(text: string, words: readonly string[]): string {
  const private_ = words
    .flatMap((word) => [word, word.split('.')[0] ?? ''])
    .filter((word) => word.length >= 3 && word.length <= 64 && !COMMON_WORDS.has(word.toLowerCase()))
    .slice(0, 16)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  if (private_.length === 0) return text;
  const pattern = new RegExp(String.raw`(?<![\p{L}\p{N}_])(?:${private_.join('|')})(?![\p{L}\p{N}_])`, 'giu');
  return text.replace(pattern, (match: string, offset: number) =>
    IN_FRAME_BEFORE.test(text.slice(Math.max(0, offset - 200), offset)) ? match : '[user]',
  );
}

/** Inside `at name (app://…`: the app's own names. */
const IN_FRAME_BEFORE = /(?:app:\/\/[^\s()]*|\bat (?:async |new )?[\w$.]*)$/;

/** Scrubs JSON-like data: texts, keys, and the values of keys that name a secret or a person. Cycles are cut. */
export function redactJson(value: unknown, options: RedactOptions = {}): unknown {
  let nodes = 0;
  let length = 0;
  const visitText = (text: string): string => {
    length += text.length;
    return length > MAX_TEXT && length > text.length ? CUT : redactText(text, options);
  };
  const visit = (node: unknown, depth: number): unknown => {
    nodes += 1;
    if (nodes > MAX_NODES) return CUT;
    if (typeof node === 'string') return visitText(node);
    if (typeof node === 'number') return Number.isFinite(node) ? node : String(node);
    if (typeof node === 'boolean' || node === null) return node;
    if (typeof node !== 'object') return undefined;
    if (depth >= MAX_DEPTH) return CUT;
    if (Array.isArray(node)) return node.map((item) => visit(item, depth + 1) ?? null);
    return Object.fromEntries(
      Object.entries(node).map(([key, item]) => [visitText(key), visitMember(key, item, depth)]),
    );
  };
  const visitMember = (key: string, item: unknown, depth: number): unknown => {
    if (BUILD_ID_NAME.test(key) && typeof item === 'string' && BUILD_ID.test(item)) return item;
    const tells = item !== null && item !== undefined && typeof item !== 'boolean';
    if (tells && isSecretName(key)) return '[secret]';
    if (tells && isPersonalName(key)) return '[personal]';
    return visit(item, depth + 1);
  };
  return visit(value, 0);
}

const CUT = '[cut]';
/** Of a native module: needed to find its symbols, the same on every machine. */
const BUILD_ID_NAME = /^(?:build|debug)_id$/;
const BUILD_ID = /^[0-9A-Fa-f]{16,64}$/;

/** Scrubs the texts among an event's properties; numbers and booleans stay. */
export function redactProperties(properties: Properties, options: RedactOptions = {}): Properties {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      name,
      typeof value === 'string' ? cutText(redactText(value, options), MAX_PROPERTY_STRING_LENGTH) : value,
    ]),
  );
}
