/**
 * An app's main script for tests. Environment: PRELOAD, PAGE (a file), WITHOUT_ROOST=1 for comparison, FAILURE (what goes
 * wrong, see `failures.ts`), APP_LISTENS=1 for an app with listeners of its own, DATA_DIR.
 */
import { app, BrowserWindow } from 'electron';

import { startTelemetry } from '../../../main-process/index.ts';
import { fail, listenAsApp } from './failures.ts';

const { PRELOAD, PAGE, WITHOUT_ROOST, FAILURE, APP_LISTENS, ENDPOINT } = process.env;

if (!WITHOUT_ROOST) {
  startTelemetry({
    endpoint: ENDPOINT,
    logger: () => undefined,
    onCrashLoop: () => console.log('crash loop'),
  });
}
if (APP_LISTENS) listenAsApp();
app.on('will-quit', () => console.log('will quit'));

if (PAGE) {
  app
    .whenReady()
    .then(
      async () => await new BrowserWindow({ webPreferences: { preload: PRELOAD } }).loadFile(PAGE),
      console.error,
    );
}
if (FAILURE) fail(FAILURE);
