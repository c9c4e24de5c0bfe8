/** The far end of `run-app.ts`: does in the app's windows what a person, or a test, asks for. */
import type { DoubledElectron, ElectronDouble } from './index.ts';
import type { WebContentsDouble } from './web-contents.ts';

export type Request =
  | { do: 'evaluate' | 'evaluate-in-preload'; code: string; window?: number }
  | { do: 'click' | 'wait-for'; selector: string; window?: number }
  | { do: 'screenshot'; path: string; window?: number }
  | { do: 'crash-renderer' | 'close-window'; window?: number }
  | { do: 'set-online'; online: boolean }
  | { do: 'quit' };
export type Numbered = Request & { id: number };
export type Answer = { id: number; value?: unknown; error?: string };

/** Longest wait for a window or an element. Milliseconds. */
const PATIENCE_MS = 60_000;

export function obeyRemote(electron: DoubledElectron, double: Pick<ElectronDouble, 'setOnline'>): void {
  if (!process.send) return;
  process.on('message', (request: Numbered) => {
    obey(electron, double, request).then(
      (value) => process.send!({ id: request.id, value } satisfies Answer),
      (error: unknown) => process.send!({ id: request.id, error: String(error) } satisfies Answer),
    );
  });
  process.channel?.unref(); // the app alone decides how long it lives
}

async function obey(
  electron: DoubledElectron,
  double: Pick<ElectronDouble, 'setOnline'>,
  request: Request,
): Promise<unknown> {
  switch (request.do) {
    case 'evaluate':
      return await (await contents(electron, request.window)).executeJavaScript(request.code);
    case 'evaluate-in-preload':
      return await (await contents(electron, request.window)).evaluateInPreload(request.code);
    case 'click': {
      const page = await (await contents(electron, request.window)).driverPage();
      return await page.click(request.selector, { timeout: PATIENCE_MS });
    }
    case 'wait-for': {
      const page = await (await contents(electron, request.window)).driverPage();
      await page.waitForSelector(request.selector, { timeout: PATIENCE_MS });
      return undefined;
    }
    case 'screenshot': {
      const page = await (await contents(electron, request.window)).driverPage();
      await page.screenshot({ path: request.path });
      return undefined;
    }
    case 'crash-renderer':
      return (await contents(electron, request.window)).forcefullyCrashRenderer();
    case 'close-window':
      await contents(electron, request.window);
      setImmediate(() => electron.BrowserWindow.getAllWindows()[request.window ?? 0]?.close()); // the answer first
      return undefined;
    case 'set-online':
      return double.setOnline(request.online);
    case 'quit':
      setImmediate(() => electron.app.quit()); // the answer first
      return undefined;
  }
}

/** The page of the n-th window (from 0), once it is open and has loaded. */
async function contents({ app, BrowserWindow }: DoubledElectron, index = 0): Promise<WebContentsDouble> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const window = BrowserWindow.getAllWindows()[index];
    if (window && window.webContents.hasLoaded()) return window.webContents;
    if (Date.now() > until)
      throw new Error(`Window ${index} did not load in ${PATIENCE_MS} ms (app ready: ${app.isReady()}).`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
