/** Short names that many records share: versions and platforms. */
import { redactText } from '../../lib/record/redact.ts';
import { storableText } from './storable.ts';

/** An app has few versions and runs on few platforms; more distinct names than this are noise. */
const MAX_REMEMBERED = 1_000;
const known = new Map<string, string>();

/** The name as it may be stored. A hundred thousand records bring a handful of names: each is scrubbed once. */
export function redactName(name: string): string {
  const remembered = known.get(name);
  if (remembered !== undefined) return remembered;
  const redacted = storableText(redactText(name));
  if (known.size >= MAX_REMEMBERED) known.clear();
  known.set(name, redacted);
  return redacted;
}

const VERSION = /^v?\d{1,6}(?:\.\d{1,6}){0,3}(?:[-+][\w.]{1,12})?$/;

/** A version keeps its digits: `1.2.3.4` is no address here. */
export function redactVersion(version: string): string {
  return VERSION.test(version) ? version : redactName(version);
}
