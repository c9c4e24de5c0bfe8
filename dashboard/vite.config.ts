/** Builds the page into `dashboard/dist`; the server serves it at `/dashboard`. */
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  // Relative, so that the page works behind any path prefix: it is opened as `…/dashboard`, without a slash at the end.
  base: './',
  build: {
    outDir: 'dist',
    assetsDir: 'dashboard/assets',
    emptyOutDir: true,
    target: 'es2022',
    // One script and one style sheet: nothing to preload, and no inlined code that a strict CSP would refuse.
    modulePreload: false,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
  },
});
