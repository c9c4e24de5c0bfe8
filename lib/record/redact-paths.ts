/** What a file path may tell: judged on the path alone, once `redact-locations.ts` has found it. */

/** Kinds of documents that people make and name. The kind may be told, the name not. */
export const DOCUMENT =
  'wav|mp3|m4a|m4b|ogg|oga|opus|flac|aac|aiff?|amr|wma|webm|mp4|m4v|mov|mkv|avi|wmv|srt|vtt|txt|md|rtf|docx?|odt|pdf|xlsx?|ods|csv|tsv|pptx?|odp|epub|eml|ics|vcf|jpe?g|png|gif|heic|tiff?|bmp|webp|zip|rar|7z|tar|gz|bak';
const DATA =
  'json|jsonl|ya?ml|toml|xml|ini|cfg|conf|env|plist|db|sqlite3?|db-wal|db-shm|log|lock|tmp|dmp|pem|crt|bin|dat';
const CODE = String.raw`[cm]?[jt]sx?|vue|svelte|html?|css|wasm|node|asar|map|py|rs|cc|cpp|c|h|hpp|mm|swift|go|java|kt|exe|dll|so|dylib|AppImage`;
const CODE_FILE = new RegExp(String.raw`^[^/]+\.(?:${CODE})(?:\.\d+)*$`, 'i');
const KNOWN_KIND = new RegExp(String.raw`\.(${DOCUMENT}|${DATA})$`, 'i');

const APP = /^.*(?:\.asar(?:\.unpacked)?|\/resources\/app)(?:\/(.*))?$/i;
const DEPENDENCY = /^.*\/node_modules\/(.+)$/;
const BUNDLE = /^.*\/([^/]+\.app\/Contents\/.+)$/;
/** The last folder that sources usually lie in; what is above it is named by people. */
const SOURCE = /^.*\/((?:src|dist|lib|build|out|\.vite|\.webpack)\/.+)$/;
const SYSTEM =
  /^(?:\/(?:usr(?!\/home)|bin|sbin|lib(?:32|64)?|etc|opt|proc|sys|dev|boot|nix|snap|app|Library|System|Applications|run(?!\/media))(?:\/|$)|[a-z]:\/(?:Windows|WINNT|Program Files(?: \(x86\))?|ProgramData)(?:\/|$))/i;
const HOME = /(?:^|\/)(?:Users|home|Documents and Settings)\/([^/]+)/i;

/** Decoded, with single forward slashes: `C:\\Users\\J%C3%BC` → `C:/Users/Jü`. */
function normalise(raw: string): string {
  let path = raw;
  for (let round = 0; round < 3 && /%[0-9a-f]{2}/i.test(path); round += 1) path = decodePercent(path);
  const host = /^(?:file:)?(?:\\{2,}|\/\/)(?=[^\\/])/i.test(path) ? '/' : '';
  return (host + path.replace(/^file:/i, '').replace(/[\\/]+/g, '/')).replace(
    /^\/{1,2}(?:[?.]\/)?(?=[a-z]:\/)/i,
    '',
  );
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/%(2f|5c|20|3a|25)/gi, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    );
  }
}

/** The user's name, where the path lies in a home folder; with `last`, where it is the home folder itself. */
export function homeName(raw: string, last = false): string | null {
  const path = normalise(raw);
  const match = HOME.exec(path);
  if (!match?.[1] || (last && match.index + match[0].length < path.length)) return null;
  return match[1];
}

/** What may be told of a path; null: all of it, as it stands. `appRoots` are folders of the app's own files. */
export function classifyPath(raw: string, appRoots: readonly string[]): string | null {
  const path = normalise(raw);
  for (const root of appRoots) {
    const base = normalise(root).replace(/\/+$/, '');
    if (
      base.length > 1 &&
      path.toLowerCase().startsWith(base.toLowerCase()) &&
      /^(?:\/|$)/.test(path.slice(base.length))
    )
      return `app://${dependencyOr(path.slice(base.length + 1))}`;
  }
  const app = APP.exec(path);
  if (app) return `app://${dependencyOr(app[1] ?? '')}`;
  const dependency = DEPENDENCY.exec(path)?.[1];
  if (dependency) return `app://node_modules/${dependency}`;
  if (!HOME.test(path) && !path.startsWith('//') && SYSTEM.test(path))
    return KNOWN_DOCUMENT.test(path) ? hidden(path) : null;
  return hidden(path);
}

const KNOWN_DOCUMENT = new RegExp(String.raw`\.(?:${DOCUMENT})$`, 'i');

export function isDocument(raw: string): boolean {
  return KNOWN_DOCUMENT.test(raw);
}

function dependencyOr(path: string): string {
  const dependency = DEPENDENCY.exec(`/${path}`)?.[1];
  return dependency ? `node_modules/${dependency}` : path;
}

function hidden(path: string): string {
  const bundle = BUNDLE.exec(path)?.[1];
  if (bundle && !KNOWN_DOCUMENT.test(bundle)) return `[path]/${bundle}`;
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (CODE_FILE.test(name) && !HOME_ITSELF.test(path)) return `[path]/${SOURCE.exec(path)?.[1] ?? name}`;
  const kind = HOME_ITSELF.test(path) ? undefined : KNOWN_KIND.exec(name)?.[1];
  return kind ? `[path].${kind.toLowerCase()}` : '[path]';
}

const HOME_ITSELF = /(?:^|\/)(?:Users|home|Documents and Settings)\/[^/]*$/i;
