/** Chooses the language and turns strings into sentences: counts, sizes and times in the reader's own way. */
import { english } from './english.ts';
import { spanish } from './spanish.ts';
import type { Plural, Strings } from './strings.ts';

type TextKey = { [K in keyof Strings]: Strings[K] extends string ? K : never }[keyof Strings];
type PluralKey = { [K in keyof Strings]: Strings[K] extends Plural ? K : never }[keyof Strings];
type ListKey = { [K in keyof Strings]: Strings[K] extends string[] ? K : never }[keyof Strings];

export interface Texts {
  readonly language: string;
  text(key: TextKey, values?: Record<string, string>): string;
  list(key: ListKey): string[];
  count(key: PluralKey, count: number): string;
  /** Bytes as kB or MB. */
  size(bytes: number): string;
  time(moment: Date): string;
  dropReason(reason: string): string;
}

export interface TextChoice {
  /** BCP 47, such as `es-MX`. English is used for languages that Roost does not bring. */
  language: string;
  app: string;
  /** The app's own texts, which go first. */
  overrides: Partial<Strings>;
}

export function chooseTexts({ language, app, overrides }: TextChoice): Texts {
  const strings: Strings = { ...(/^es\b/i.test(language) ? spanish : english), ...overrides };
  const locale = supportedLocale(language);
  const plurals = new Intl.PluralRules(locale);
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
  const fill = (text: string, values: Record<string, string> = {}): string =>
    text.replaceAll(/\{(\w+)\}/g, (mark, name: string) => (name === 'app' ? app : (values[name] ?? mark)));
  return {
    language: locale,
    text: (key, values) => fill(strings[key], values),
    list: (key) => strings[key].map((item) => fill(item)),
    count: (key, count) =>
      fill(strings[key][plurals.select(count)] ?? strings[key].other, { count: number.format(count) }),
    size: (bytes) =>
      bytes < 1_000_000 ? `${number.format(bytes / 1000)} kB` : `${number.format(bytes / 1_000_000)} MB`,
    time: (date) => moment.format(date),
    dropReason(reason) {
      const { dropReasons } = strings;
      const known = dropReasons[reason] ?? dropReasons[reason.split('_')[0] ?? ''];
      return known === undefined ? reason.replaceAll('_', ' ') : fill(known);
    },
  };
}

/** The page's `lang` may be anything; a malformed one must not take the settings page down. */
function supportedLocale(language: string): string {
  try {
    return Intl.getCanonicalLocales(language)[0] ?? 'en';
  } catch {
    return 'en';
  }
}
