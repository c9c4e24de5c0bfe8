/** Frames of a redacted stack: V8's (`at name (file:line:column)`) and native ones (`at module+0x1234`). */

export interface StackFrame {
  /** Without `async`, `new`, the receiver's alias and numbers; empty where there is none. */
  name: string;
  /** Without position, build hashes and install folder; `module+0x1234` in a native frame. */
  file: string;
}

const FRAME = /^\s*at (?:async )?(?:(?:new )?(.*?) (?:\[as [^\]]*\] )?\()?([^()]*?)\)?$/;
const POSITION = /(?::\d+){1,2}$/;
/** Firefox, and Chromium's `console.trace` in some places: `name@file:line:column`. */
const AT_SIGN_FRAME = /^\s*([^@\s]*)@(.+(?::\d+){2})$/;
/** A remark in brackets may follow: how sure the frame is. Names may hold some too: `Stories Helper (Renderer)`. */
const NATIVE_FRAME = /^\s*at (.+?)\+(0x[0-9a-f]+)(?: \(([^()]*)\))?$/;
const MAX_LINE = 1_000;

export function parseFrames(stack: string): StackFrame[] {
  const frames: StackFrame[] = [];
  for (const line of stack.split('\n')) {
    const frame = parseFrame(line.slice(0, MAX_LINE).trimEnd());
    if (frame) frames.push(frame);
  }
  return frames;
}

export interface ModuleFrame {
  /** File name of the module. */
  module: string;
  /** Hexadecimal, with `0x`. */
  offset: string;
  /** Such as `stack scan`; null where there is none. */
  remark: string | null;
}

/** `at recorder.node+0x1a2b (stack scan)`; null for any other line. */
export function parseModuleFrame(line: string): ModuleFrame | null {
  const [, module, offset, remark] = NATIVE_FRAME.exec(line.slice(0, MAX_LINE)) ?? [];
  return module && offset ? { module, offset, remark: remark ?? null } : null;
}

/** Whether a native module belongs to the app: neither Electron nor the system. */
export function isOwnModule(module: string): boolean {
  return isOwnFrame({ name: '', file: `${module}+0x0` });
}

function parseFrame(line: string): StackFrame | null {
  const native = parseModuleFrame(line);
  if (native) return { name: '', file: `${native.module}+${native.offset}` };
  // Code from `eval` carries the frame that it was made in: the outermost file is the one on disk.
  const outer = /^(\s*at .*?)\(?eval at .*?\((.*?)\), .*$/.exec(line);
  const match = outer
    ? [line, outer[1]?.replace(/^\s*at /, ''), outer[2]]
    : (FRAME.exec(line) ?? AT_SIGN_FRAME.exec(line));
  if (!match) return null;
  const file = normaliseFile((match[2] ?? '').trim());
  const name = normaliseName((match[1] ?? '').trim());
  return file === '' && name === '' ? null : { name, file };
}

function normaliseName(name: string): string {
  return name
    .replace(/^(?:async |new |get |set )+/, '')
    .replace(/^(?:Object|Module|Function|Window|global|globalThis|process|_?this)\./, '')
    .replace(/ \[as .*\]$/, '')
    .replace(/\$?\d+$/, '')
    .trim();
}

function normaliseFile(location: string): string {
  return location
    .replace(POSITION, '')
    .replace(/\?(?:\[query\]|.*)$|#\[fragment\]$/, '')
    .replaceAll('\\', '/')
    .replace(/^(?:app:\/\/|\[path\]\/|webpack(?:-internal)?:\/\/\/?(?:[\w-]*\/)?\.\/|https?:\/\/[^/]*\/)/, '')
    .replace(/^(?:[\w. -]+\.app\/Contents\/Resources\/)/, '')
    .replace(/^\.?\/+/, '')
    .replace(BUILD_HASH, '$1*');
}

/** `index-DiwrgTda.js`, `main.3f2a1b9c.chunk.js`: eight and more characters that a bundler added. */
const BUILD_HASH =
  /([.~_-])(?=[\w-]{0,63}(?:\d|[A-Z][\w-]{0,63}[a-z]|[a-z][\w-]{0,63}[A-Z]))[A-Za-z0-9_-]{8,64}(?=(?:\.(?:chunk|bundle|min|esm|cjs))?\.[cm]?js$)/;

const FOREIGN =
  /^(?:node:|internal\/|electron\/js2c|native$|<anonymous>$|index \d|(?:chrome|moz|safari)-extension:|wasm:|devtools:|v8\/|\/?usr\/|[A-Za-z]:\/(?:Windows|Program Files))|(?:^|\/)node_modules\//;
/** Modules of the system and of Electron: a native fault of the app shows in none of these. */
const FOREIGN_MODULE =
  /^(?:\w+\.(?:drv|cpl)|(?:ntdll|kernel\w*|user32|win32u|gdi32\w*|combase|ucrtbase|msvc\w+|rpcrt4|ole32|d3d\d+\w*|dxgi|advapi32|ws2_32|ffmpeg)\.dll|lib[\w.+-]+\.(?:so|dylib)[.\d]*|ld-[\w.-]+|linux-(?:gate|vdso)\S*|dyld|Core(?:Foundation|Audio|Graphics|Media|Video|Text|Image|Services)|AppKit|Foundation|HIToolbox|AudioToolbox|AVF\w+|QuartzCore|SkyLight|Metal|IOKit|IOSurface|Security|CFNetwork|Electron Framework|electron(?:\.exe)?)\+0x/i;

/** Whether a frame belongs to the app: neither Node, Electron, a dependency nor the system. */
export function isOwnFrame({ file }: StackFrame): boolean {
  return file !== '' && !FOREIGN.test(file) && !FOREIGN_MODULE.test(file);
}
