/** Builds the page into `dashboard/dist`; the server serves it at `/dashboard`. */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { defineConfig, type Plugin } from 'vite';

/** Writes `….gz` beside every text, so that the server compresses nothing while it answers. */
function precompress(): Plugin {
  let folder = '';
  return {
    name: 'precompress',
    configResolved({ root, build }) {
      folder = join(root, build.outDir);
    },
    closeBundle() {
      for (const file of globSync('**/*.{html,js,css,svg}', { cwd: folder })) {
        const path = join(folder, file);
        writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  // Relative, so that the page works behind any path prefix: it is opened as `…/dashboard`, without a slash at the end.
  base: './',
  plugins: [precompress()],
  build: {
    outDir: 'dist',
    assetsDir: 'dashboard/assets',
    emptyOutDir: true,
    target: 'es2022',
    // The first to know `light-dark()`; a lowered one would follow the system alone, not the switch.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // One script and one style sheet: nothing to preload, and no inlined code that a strict CSP would refuse.
    modulePreload: false,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
  },
});
