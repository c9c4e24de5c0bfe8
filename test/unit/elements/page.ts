/** A page with the elements in a real Chromium, under the strictest Content-Security-Policy an app may have. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { build } from 'esbuild';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

import { launchChromium } from '../../electron-double/chromium.ts';

export const STRICT_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'";

export interface ElementsHost {
  /**
   * Opens a page with `body` as its HTML. `problems` collects what the page logged as warning or error,
   * violations of the policy included.
   */
  open(body: string, options?: OpenOptions): Promise<{ page: Page; problems: string[] }>;
  close(): Promise<void>;
}

export interface OpenOptions extends BrowserContextOptions {
  html?: string;
  query?: string;
}

export async function startElementsHost(): Promise<ElementsHost> {
  const root = join(import.meta.dirname, '..', '..', '..');
  const bundled = await build({
    absWorkingDir: root,
    entryPoints: { bridge: 'test/unit/elements/fake-bridge.ts', elements: 'renderer/elements/index.ts' },
    bundle: true,
    format: 'esm',
    write: false,
    outdir: 'out',
  });
  const scripts = new Map(bundled.outputFiles.map((file) => [file.path.split(/[\\/]/).at(-1), file.text]));
  let documentText = '';
  const server = createServer((request, response) => {
    const name = request.url?.split('?')[0]?.slice(1);
    const script = scripts.get(name);
    response.setHeader('content-type', script ? 'text/javascript' : 'text/html; charset=utf-8');
    response.setHeader('content-security-policy', STRICT_POLICY);
    if (name === 'page.css') {
      response.setHeader('content-type', 'text/css');
      response.end(':root { color-scheme: light dark } body { margin: 24px; background: Canvas }');
    } else response.end(script ?? documentText);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const browser: Browser = await launchChromium();

  return {
    async open(body, { html = 'lang="en"', query = '', ...context } = {}) {
      documentText = `<!doctype html><html ${html}><head><meta charset="utf-8"><title>Stories</title>
        <meta name="viewport" content="width=device-width"><link rel="stylesheet" href="page.css">
        <script type="module" src="bridge.js"></script><script type="module" src="elements.js"></script></head>
        <body><main><h1>Stories</h1>${body}</main></body></html>`;
      const page = await browser.newPage({ timezoneId: 'UTC', ...context });
      const problems: string[] = [];
      page.on('console', (message) => {
        if (['warning', 'error'].includes(message.type())) problems.push(message.text());
      });
      page.on('pageerror', (error) => problems.push(error.message));
      await page.goto(`${address}${query}`);
      await page.waitForFunction(() => customElements.get('roost-first-run-notice') !== undefined);
      return { page, problems };
    },
    async close() {
      await browser.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
