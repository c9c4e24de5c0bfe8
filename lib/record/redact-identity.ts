/** What points at a person, a machine or a place. Every pattern is linear: see `redact.ts`. */

/** An at sign, also percent-encoded (once or twice), escaped for JSON, or as an HTML entity. */
const AT = String.raw`(?:@|%(?:25){0,2}40|\\{1,4}u0040|&#(?:64|x40);)`;
const EMAIL = new RegExp(
  String.raw`(?<![\p{L}\p{N}._+-])[\p{L}\p{N}._+-][\p{L}\p{N}._'+-]{0,255}${AT}(?!\d+\.\d+\.\d+)((?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})\.){1,8}(\p{L}[\p{L}\p{N}-]{1,23})|localhost)(?:[\p{L}\p{N}._+-]{0,255}@[\p{L}\p{N}._+-]{1,255})*`,
  'giu',
);
/** `logo@2x.png`, `render@app.js:10:5` look like addresses and are none. */
const FILE_EXTENSION =
  /^(?:[cm]?[jt]sx?|html?|css|json|node|asar|map|png|svg|jpe?g|webp|gif|ico|wasm|vue|svelte|dll|dylib|exe|rc|beta|alpha|next|canary)$/i;

const MAC = /(?<![0-9A-Fa-f])[0-9A-Fa-f]{2}([:_-])(?:[0-9A-Fa-f]{2}\1){4,30}[0-9A-Fa-f]{2}(?![0-9A-Fa-f])/g;
const IPV6 = /(?<![\w:.])[0-9A-Fa-f:]{2,39}(?:(?<=:)\d{1,3}(?:\.\d{1,3}){3})?(?:%[\w.-]{1,32})?(?![\w:])/g;
const IPV4 = /(?<![\d.]|\b[vV])\d{1,3}(?:\.\d{1,3}){3}(?!\.?\d|-[a-z])/g;
const IPV4_IN_NAME = /\bip-\d{1,3}(?:-\d{1,3}){3}\b/g;
/** Four numbers are an address unless a word before them says that they are a version. */
const VERSION_BEFORE =
  /(?:version["']?[\s:=/]{0,3}["']?|\b(?:Chrome|Chromium|Electron|Edg|Safari|Firefox|OPR)\/)$/i;

const UUID = /(?<![0-9A-Za-z])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9A-Za-z])/gi;
/** Windows security identifiers: one a person. */
const SID = /\bS-1-5-21(?:-\d{1,10}){3,4}\b/g;

const HOST =
  /(?<![\w.-])[\p{L}\p{N}][\p{L}\p{N}-]{0,62}\.(?:local|lan|home|localdomain|fritz\.box|home\.arpa|internal)(?![\w-])/giu;
const MACHINE = /\b(?:DESKTOP|LAPTOP|WIN|PC)-[A-Z0-9]{6,12}\b/g;
/** Macs are named after their owner, and shells show the owner too: `anna@Annas-MacBook-Air`. */
const OWNED_MACHINE =
  /(?<![\p{L}\p{N}.@_-])(?:[\w.-]{1,32}@)?(?:[\p{L}\p{N}]{1,30}-){1,4}(?:MacBook|iMac|Mac|iPhone|iPad|PC)(?:-(?:Pro|Air|Mini|mini|Studio))?(?:-\d{1,3})?(?![\p{L}\p{N}])/gu;
const DEVICES =
  'Air[Pp]ods?|iPhone|iPad|iMac|MacBook|Mac|PC|Laptop|Computer|Beats|Buds|Headset|Headphones|Galaxy|Pixel|Watch|HomePod';
const OWNED_DEVICE = new RegExp(
  String.raw`(?<![\p{L}\p{N}])\p{L}[\p{L}\p{M}-]{1,30}(?: \p{Lu}[\p{L}\p{M}-]{1,30})?['’]s (?=(?:${DEVICES})\b)|(?<=\b(?:${DEVICES})(?: (?:Pro|Max|Air|Mini|mini))? (?:de|von|di|van|do|da|af|av|của) )\p{Lu}[\p{L}\p{M}-]{1,30}(?: \p{Lu}[\p{L}\p{M}-]{1,30})?`,
  'gu',
);

/** Four decimals are eleven metres. */
const COORDINATES =
  /(?<![\d.])-?\d{1,3}\.\d{4,17}°?(\s{0,2}[NS])?\s{0,2}[,;/ ]\s{0,2}-?\d{1,3}\.\d{4,17}(?![\d.])/g;
const PHONE = /(?<![\w+.])(?:\+|00)[1-9](?:[ ()/-]{0,2}\d){7,14}(?![\w.])/g;

/** Names whose value points at someone: env variables, JSON, query-like text. */
const PERSONAL_NAME = String.raw`(?:user[_-]?name|full[_-]?name|first[_-]?name|last[_-]?name|sur[_-]?name|display[_-]?name|nick[_-]?name|real[_-]?name|logname|e-?mail(?:[_-]?address)?|phone(?:[_-]?number)?|computer[_-]?name|device[_-]?(?:id|name|label)|machine[_-]?(?:id|guid|name)|(?:IOPlatform)?serial[ _-]?(?:number|no)|hw[_-]?id|hardware[_-]?id|udid|idfa|idfv|imei|ssid|lat(?:itude)?|lng|lon(?:gitude)?|street|postal[_-]?code|zip[_-]?code|birth[_-]?(?:day|date))`;
const PERSONAL_KEY = new RegExp(
  String.raw`^(?:[\w]{0,24}[_-])?(?:${PERSONAL_NAME}|user|owner|transcript(?:ion)?(?:[_-]?text)?|utterance|clipboard|location|coordinates|ip(?:[_-]?address)?)$`,
  'i',
);
const ASSIGNED_PERSONAL = new RegExp(
  String.raw`(?<![\w-])((?:(?:\w{1,24}[_-])?${PERSONAL_NAME}|(?<=["'])(?:user|owner)|USER|USERPROFILE|HOSTNAME)(?:["'\\]{1,4}\s{0,3}[:=]|\s{0,3}[:=]|=>)\s{0,3})(\\{0,3}"[^"\r\n]{1,512}?\\{0,3}"|\\{0,3}'[^'\r\n]{1,512}?\\{0,3}'|[^\s"'\\,;&)}\]<>|]{1,512})`,
  'gi',
);
/** `for user "jane"`, as databases and login services say it. */
const QUOTED_USER =
  /\b((?:user|role|account|login|owner)(?: name)?\s{1,2})(\\{0,3}["'`“])[^"'`”\\\r\n]{1,128}(\\{0,3}["'`”])/gi;

/** Values that databases repeat in their complaints. */
const DATABASE_VALUE =
  /\b(Key \([^()\r\n]{1,200}\)=\()[^\r\n]{1,500}?(\) (?:already exists|is not present|is still referenced|conflicts))/g;
const DUPLICATE_KEY = /\b(dup key: \{)[^}\r\n]{1,500}(\})/g;
const DUPLICATE_ENTRY = /\b(Duplicate entry )'[^\r\n]{1,500}?'( for key)/g;

/** V8 repeats what it could not parse: in a voice recorder, what was said. */
const PARSED_TEXT = /(\.\.\.)?"([^]{0,64}?)"(\.\.\.)? is not valid JSON/g;
const HARMLESS_TEXT = /^(?:undefined|null|NaN|\[object .{0,12}|<!?(?:doctype|html)?.{0,2})$/i;

export function isPersonalName(name: string): boolean {
  return PERSONAL_KEY.test(name);
}

export function redactParsedText(text: string): string {
  return text
    .replace(PARSED_TEXT, (match: string, _before, parsed: string) =>
      HARMLESS_TEXT.test(parsed) ? match : '"[text]" is not valid JSON',
    )
    .replace(DATABASE_VALUE, '$1[value]$2')
    .replace(DUPLICATE_KEY, '$1 [value] $2')
    .replace(DUPLICATE_ENTRY, "$1'[value]'$2");
}

export function redactIdentity(text: string): string {
  return text
    .replace(EMAIL, (match: string, _domain: string, topLevel: string | undefined) =>
      topLevel !== undefined && FILE_EXTENSION.test(topLevel) ? match : '[email]',
    )
    .replace(ASSIGNED_PERSONAL, hidePersonal)
    .replace(QUOTED_USER, '$1$2[user]$3')
    .replace(OWNED_DEVICE, (match: string) => (/[’']s $/.test(match) ? "[user]'s " : '[user]'))
    .replace(UUID, '[id]')
    .replace(SID, '[id]')
    .replace(MAC, '[mac]')
    .replace(IPV6, (match: string) => (isIpv6(match) ? '[ip]' : match))
    .replace(IPV4_IN_NAME, '[ip]')
    .replace(COORDINATES, '[location]')
    .replace(PHONE, '[phone]')
    .replace(HOST, '[host]')
    .replace(OWNED_MACHINE, '[host]')
    .replace(MACHINE, '[host]');
}

export function redactIpv4(text: string): string {
  return text.replace(IPV4, (match: string, offset: number, whole: string) => {
    if (match.split('.').some((part) => Number(part) > 255)) return match;
    return VERSION_BEFORE.test(whole.slice(Math.max(0, offset - 16), offset)) ? match : '[ip]';
  });
}

function hidePersonal(match: string, name: string, value: string): string {
  if (/^(?:\[\w+\]?|null|undefined|true|false|missing|required|invalid)$/i.test(value)) return match;
  const quote = /^(\\{0,3}["'])/.exec(value)?.[1] ?? '';
  return `${name}${quote}[personal]${quote}`;
}

/** `::` once, or eight groups; a digit or two colons at the start, so that `std::move` is none. */
function isIpv6(candidate: string): boolean {
  const text = candidate.replace(/%.*$/, '');
  const groups = text.split(':');
  const parts = text.split('::');
  if (parts.length > 2 || !/\d/.test(text)) return false;
  if (groups.some((group) => group.length > 4 && !group.includes('.'))) return false;
  return parts.length === 2 ? groups.length <= 9 : groups.length === (text.includes('.') ? 7 : 8);
}
