/** What opens a door: keys, tokens, passwords, and blobs of data. Every pattern is linear: see `redact.ts`. */

/** Shapes of the keys that common services hand out. The prefix is what makes them certain. */
const SERVICE_KEYS = new RegExp(
  String.raw`(?<![A-Za-z0-9])(?:` +
    [
      String.raw`sk-[\w-]{12,512}`, // OpenAI, Anthropic (sk-ant-), OpenRouter (sk-or-), DeepSeek
      String.raw`(?:sk|pk|rk)_(?:live|test|prod)_\w{8,255}|whsec_[\w+/=]{16,255}`, // Stripe, Clerk
      String.raw`sk_[0-9a-f]{32,64}`, // ElevenLabs
      String.raw`(?:AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|ANPA|ANVA|AROA|APKA)[A-Z0-9]{12,124}`, // AWS
      String.raw`AIza[\w-]{30,64}|ya29\.[\w.-]{16,512}|GOCSPX-[\w-]{16,64}|1\/\/0[\w-]{20,255}`, // Google
      String.raw`gh[pousr]_\w{16,255}|github_pat_\w{16,255}`,
      String.raw`gl(?:pat|ptt|dt|rt|cbt|ft|soat|agent|imt)-[\w.-]{16,255}`,
      String.raw`xox[a-z](?:\.xox[a-z])?-[\w.-]{8,512}|xapp-[\w-]{8,255}`, // Slack
      String.raw`npm_\w{24,255}|pypi-[\w-]{16,512}|dckr_pat_[\w-]{16,128}`,
      String.raw`(?:AC|SK|PK|AP)[0-9a-f]{32}`, // Twilio
      String.raw`SG\.[\w-]{8,64}\.[\w-]{8,128}|key-[0-9a-f]{32}|[0-9a-f]{32}-us\d{1,2}|xkeysib-[\w-]{16,128}|re_\w{16,64}`, // mail services
      String.raw`hf_\w{16,128}|gsk_\w{16,128}|r8_\w{16,128}|xai-[\w-]{16,128}|pplx-\w{16,128}|nvapi-[\w-]{16,128}`, // model hosts
      String.raw`lin_(?:api|oauth)_\w{16,128}|ntn_\w{16,128}|secret_\w{32,128}|figd_[\w-]{16,128}|PMAK-[\w-]{24,128}`,
      String.raw`do[opr]_v1_[0-9a-f]{16,128}|dp\.(?:pt|st|ct|sa)\.\w{16,128}|hv[sb]\.[\w-]{16,512}|dapi[0-9a-f]{32}`,
      String.raw`shp(?:at|ca|pa|ss)_[0-9a-fA-F]{16,64}|sq0[a-z]{3}-[\w-]{16,128}|EAAA?[\w-]{32,255}`,
      String.raw`sntr[yu]s_[\w+/=-]{16,512}|sb[pa]_\w{16,128}|sb_(?:secret|publishable)_[\w-]{16,128}|nfp_\w{16,128}|vc[pkira]_\w{16,128}`,
      String.raw`ATATT3[\w=-]{16,512}|pat[A-Za-z0-9]{14}\.[0-9a-f]{32,128}|sl\.[\w-]{32,512}|phc_\w{16,128}|pk\.eyJ[\w.-]{16,512}`,
      String.raw`AGE-SECRET-KEY-1[A-Z0-9]{16,128}|ops_[\w-]{32,1024}|\d{6,12}:AA[\w-]{30,64}`,
      String.raw`[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{25,45}`, // Discord
    ].join('|') +
    ')',
  'g',
);

/** Web hooks: the path is the secret. */
const WEB_HOOKS =
  /(hooks\.slack(?:-gov)?\.com\/(?:services|workflows)|discord(?:app)?\.com\/api\/webhooks|[\w-]{1,63}\.webhook\.office\.com|hooks\.zapier\.com\/hooks)\/[^\s"'<>)]{1,512}/gi;

/** Three base64url parts; a cut one still starts with the header. */
const JWT = /(?<![A-Za-z0-9_-])eyJ[\w-]{8,}(?:(?:\.|%2[eE])[\w-]*){0,4}/g;

/** Keys and certificates in armour, whole or cut, with real or escaped line ends. */
const PEM = /-----BEGIN [A-Z0-9 ]{1,40}-----[^]*?(?:-----END [A-Z0-9 ]{1,40}-----|$)/g;

/** Services repeat the key that they refuse, with stars in its middle. */
const MASKED = /(?<![\w*-])[\w-]{0,256}\*{4,}[\w-][\w*.-]{0,64}(?<!\.)/g;

const DATA_URL = /(\bdata:[\w.+/-]{0,64}(?:;[\w=.-]{1,64}){0,4},)[^\s"'<>)]+/gi;

const SCHEME = String.raw`(?:(?:Bearer|Basic|Digest|Negotiate|NTLM|Token|ApiKey|AWS4-HMAC-SHA256)\s{1,4})`;
const AUTHORIZATION = new RegExp(
  String.raw`((?:proxy-|x-)?\bauthorization\b["'\\]{0,4}\s{0,3}(?:[:=]|=>)\s{0,3}["'\\\[]{0,4}${SCHEME}?)(?!${SCHEME}?\[secret)[^\s"'\\<>\]][^\r\n"'\\\]}]*`,
  'gi',
);
const BEARER = /(Bearer\s{1,4})(?=[\w.~+/=-]*\d|[\w.~+/=-]{16})[\w.~+/=-]{4,}/gi;
const BASIC = /(Basic\s{1,4})(?=[\w+/]*[\d=])[\w+/]{8,}={0,2}/g;
/** What git asks for, with the answer. */
const ASKED = /\b((?:Username|Password|Passphrase)(?: for [^\r\n]{1,200}?)?: {1,2})(?!\[)\S{2,}/g;
const COOKIE =
  /(\b(?:set-)?cookie2?["'\\]{0,4}\s{0,3}[:=]\s{0,3}["'\\[]{0,4})(?![\s"'\\]{0,7}\[?secret\])[^\r\n"'\\\]]+/gi;

/** Names whose value is a secret wherever they stand: `DB_PASSWORD=…`, `"apiKey":"…"`, `client_secret: …`. */
const SECRET_NAME = String.raw`(?:pass(?:word|wd|phrase|code)|pwd|secret|credentials?|token|jwt|otp|cvv|(?:api|access|private|secret|auth|account|encryption|signing|shared|subscription|license|master|ingest|instrumentation)[_-]?key|connection[_-]?string|signature|sess(?:ion)?[_-]?(?:id|key)|sid|csrf|xsrf|nonce|pin)(?:[_-]?(?:id|value|hash|key))?`;
const ASSIGNED = String.raw`(["'\\]{0,4}\s{0,3}(?:[:=]|=>|%3D)\s{0,3})`;
const VALUE = String.raw`(\\{0,3}"[^"\r\n]{1,4096}?\\{0,3}"|\\{0,3}'[^'\r\n]{1,4096}?\\{0,3}'|[^\s"'\\,;&)}\]<>|]{3,4096})`;
const ASSIGNED_SECRET = new RegExp(
  String.raw`(?<![\w-])(?<!(?:unexpected|illegal|expected) )([\w-]{0,48}?${SECRET_NAME})${ASSIGNED}${VALUE}`,
  'gi',
);
/** As a whole key of a JSON object. Also what else must not be told: `redactJson` drops these values. */
const SECRET_KEY = new RegExp(
  String.raw`^[\w-]{0,48}?(?:${SECRET_NAME}|authorization|cookies?|set-cookie)$`,
  'i',
);

export function isSecretName(name: string): boolean {
  return SECRET_KEY.test(name);
}

export function redactSecrets(text: string): string {
  return text
    .replace(PEM, '[secret]')
    .replace(DATA_URL, '$1[data]')
    .replace(WEB_HOOKS, '$1/[secret]')
    .replace(AUTHORIZATION, '$1[secret]')
    .replace(COOKIE, '$1[secret]')
    .replace(ASKED, '$1[secret]')
    .replace(BEARER, '$1[secret]')
    .replace(BASIC, '$1[secret]')
    .replace(JWT, '[secret]')
    .replace(SERVICE_KEYS, '[secret]')
    .replace(MASKED, '[secret]')
    .replace(ASSIGNED_SECRET, hideValue);
}

function hideValue(match: string, name: string, assigned: string, value: string): string {
  if (
    /^\[\w+\]?$/.test(value) ||
    /^(?:null|undefined|true|false|missing|required|invalid|expired)\b/i.test(value)
  )
    return match;
  const quote = /^(\\{0,3}["'])/.exec(value)?.[1] ?? '';
  return `${name}${assigned}${quote}[secret]${quote}`;
}

/** Runs long enough to hold a key, base64 included. */
const RUN = /(?<![\w+/=$-])[A-Za-z0-9_+/-]{20,}={0,2}/g;
const CHUNKS = /[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+/g;
const CODE_FILE_FOLLOWS = /^(?:[\w.-]{0,24}\.(?:[cm]?[jt]sx?|html?|css|wasm|node|map|vue|svelte)\b|:\d+:\d+)/;
const FUNCTION_NAME_BEFORE = /\bat (?:async |new |get |set )?[\w$.#<>]*$/;
const MIN_RANDOM = 20;
/** In frames of native code: `Framework+0x7fff12ab`. What stands before it is the name that counts. */
const MODULE_OFFSET = /\+0x[0-9a-f]{1,16}$/;

/**
 * Long tokens of no known shape. Words fall into chunks of four letters and more (`getElementById`), random
 * characters into chunks of about two. Names of functions and of bundled files are left alone.
 */
export function redactRandomTokens(text: string): string {
  return text.replace(RUN, (run: string, offset: number, whole: string) => {
    if (CODE_FILE_FOLLOWS.test(whole.slice(offset + run.length, offset + run.length + 32))) return run;
    if (FUNCTION_NAME_BEFORE.test(whole.slice(Math.max(0, offset - 64), offset))) return run;
    if (run.replace(MODULE_OFFSET, '').length < MIN_RANDOM) return run;
    // A slash is one of base64's characters, or it parts the words of a path.
    const parts = run.split('/');
    if (!parts.some((part) => /^[a-z]{4,}$/.test(part))) return isRandom(run) ? '[secret]' : run;
    return parts.map((part) => (part.length >= MIN_RANDOM && isRandom(part) ? '[secret]' : part)).join('/');
  });
}

function isRandom(run: string): boolean {
  // Symbols of C++ and Rust in native frames; addresses.
  if (/^(?:_Z|_R|0x)/.test(run)) return false;
  if (/^[0-9a-fA-F]{24,}$/.test(run)) return /\d/.test(run) && /[a-fA-F]/.test(run);
  const separators = run.replace(/[A-Za-z0-9]/g, '').length;
  if (separators > run.length / 8) return false;
  const chunks = run.match(CHUNKS)?.length ?? 0;
  const hasDigit = /\d/.test(run);
  if (hasDigit && !/[A-Za-z]/.test(run)) return false;
  return (run.length - separators) / chunks < (hasDigit ? 3.5 : 2.5);
}
