/** The main process of Stories: what an app does with Roost, from the first line to the last. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { startTelemetry } from '@roost-telemetry/electron/main';
import { app, BrowserWindow, ipcMain } from 'electron';

import { CHANNELS, type LogLine, type MainCrash } from '../bridge.ts';
import { createSwitchedTransport } from './switched-transport.ts';

if (process.env.STORIES_USER_DATA) app.setPath('userData', process.env.STORIES_USER_DATA);

let window: BrowserWindow | undefined;
const log = (text: string, tone: LogLine['tone'] = 'plain'): void => {
  window?.webContents.send(CHANNELS.log, { text, tone } satisfies LogLine);
};

const endpoint = process.env.STORIES_ENDPOINT ?? 'http://127.0.0.1:8787';
const ingestKey = process.env.STORIES_INGEST_KEY;
const transport = createSwitchedTransport({ endpoint, ...(ingestKey ? { ingestKey } : {}) }, log);

/** First thing in the main process: what fails before this line is not seen. */
const telemetry = startTelemetry({
  endpoint,
  transport,
  environment: 'production', // a demo wants to see itself on the dashboard
  flushIntervalMs: 2_000,
  logger: (message) => log(message, 'bad'),
});

/** Stories would rather start again than go on half broken. Roost leaves this decision to the app. */
process.on('uncaughtException', (error) => {
  console.error(error);
  app.exit(1);
});

async function openWindow(): Promise<void> {
  const opened = new BrowserWindow({
    width: 1100,
    height: 760,
    title: 'Stories',
    backgroundColor: '#faf6f1',
    webPreferences: { preload: join(import.meta.dirname, 'preload.cjs') },
  });
  const page = pathToFileURL(join(import.meta.dirname, 'index.html'));
  page.searchParams.set('speed', process.env.STORIES_SPEED ?? '1');
  window = opened;
  // A lost page is replaced by a new window; closing the old one first would end the app.
  opened.webContents.on('render-process-gone', () => void openWindow().then(() => opened.destroy()));
  await opened.loadURL(page.href);
}

ipcMain.on(CHANNELS.offline, (_event, offline: boolean) => transport.setOffline(offline));
ipcMain.handle(CHANNELS.flush, () => telemetry.flush());
ipcMain.on(CHANNELS.crash, (_event, kind: MainCrash) => {
  if (kind === 'renderer') window?.webContents.forcefullyCrashRenderer();
  else if (kind === 'native') process.crash();
  else {
    setImmediate(() => {
      throw new Error('The story machine has stopped');
    });
  }
});

app.on('window-all-closed', () => app.quit());
app.on('will-quit', () => void telemetry.close());
void app.whenReady().then(async () => {
  await openWindow();
  telemetry.track('app_opened', { startup_time_seconds: process.uptime() });
});
