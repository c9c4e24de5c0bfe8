/** The two scripts that each page runs before its own: bundled from `page/` at first use. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { buildSync } from 'esbuild';

const bundles = new Map<string, string>();

function bundle(name: 'main-world' | 'isolated-world'): string {
  const known = bundles.get(name);
  if (known !== undefined) return known;
  const { outputFiles } = buildSync({
    entryPoints: [join(import.meta.dirname, 'page', `${name}.ts`)],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'chrome120',
  });
  const text = outputFiles[0]!.text;
  bundles.set(name, text);
  return text;
}

export interface PageScripts {
  mainWorld: string;
  isolatedWorld: string;
}

/** Preloads are built into the script as functions: evaluating their text would be up to the page's CSP. */
export function pageScripts(
  token: string,
  preloadPaths: readonly string[],
  inSubframes: boolean,
): PageScripts {
  const preloads = preloadPaths.map(
    (path) =>
      `{ name: ${JSON.stringify(basename(path))}, run(require, process, module, exports) {\n${readFileSync(path, 'utf8')}\n} }`,
  );
  const constants = `const WORLD_TOKEN = ${JSON.stringify(token)};`;
  return {
    mainWorld: `{ ${constants} ${bundle('main-world')} }`,
    isolatedWorld: `{ ${constants} const IN_SUBFRAMES = ${inSubframes}; const PRELOADS = [${preloads.join(',')}]; ${bundle('isolated-world')} }`,
  };
}
