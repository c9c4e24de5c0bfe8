/** The wiring of the main process, in reading order. */
import { join } from 'node:path';

import { createBreadcrumbs } from '../lib/crash/breadcrumbs.ts';
import { keepRunOnDisk } from '../lib/crash/run-file.ts';
import { startGuarded } from '../lib/crash/start-guarded.ts';
import type { TelemetryCore, TelemetryOptions } from '../lib/handle.ts';
import type { Catalogue } from '../lib/record/catalogue.ts';
import { RoostError } from '../lib/record/errors.ts';
import { RECORD_CHANNEL } from '../lib/record/ipc.ts';
import type { StoriesCatalogue } from '../lib/record/stories-catalogue.ts';
import { createTelemetry } from '../lib/telemetry.ts';
import { leaveAppBreadcrumbs } from './app-breadcrumbs.ts';
import { hookElectron } from './crash-hooks.ts';
import type { ElectronHost } from './electron-host.ts';
import { collectNativeCrashes } from './crashpad.ts';
import { listenToPages } from './ipc-listener.ts';

export interface ElectronTelemetryOptions<
  C extends Catalogue = StoriesCatalogue,
> extends TelemetryOptions<C> {
  /**
   * Web origins of the app's own pages, such as `https://app.example.com`, which may use the bridge. Files, the app's
   * own protocols and the development server on localhost need no mention. Default: none.
   */
  trustedOrigins?: readonly string[];
  /**
   * Report native crashes, by Electron's `crashReporter` with uploads off. An app that uses `crashReporter` itself says
   * false, or starts its own before Roost. Default true.
   */
  nativeCrashes?: boolean;
}

/** An in-memory session of Roost's own: the default one can raise a keychain prompt, and holds the app's cookies. */
const PARTITION = 'roost';

export function startInElectron<C extends Catalogue>(
  electron: ElectronHost,
  { trustedOrigins, nativeCrashes = true, ...options }: ElectronTelemetryOptions<C>,
): TelemetryCore<C> {
  const { app, ipcMain, net, powerMonitor, session } = electron;
  // Asked of Electron: an app may have loaded this module twice, as ESM and as CommonJS.
  if (ipcMain.listenerCount(RECORD_CHANNEL) > 0) {
    throw new RoostError('already_started', 'startTelemetry was called before, and its handle is not closed');
  }
  const dataDir = options.dataDir ?? join(app.getPath('userData'), 'telemetry');
  const breadcrumbs = createBreadcrumbs();
  let readDumps = nativeCrashes;
  const { core, noteCrash } = startGuarded(dataDir, options, (safeMode) => {
    if (safeMode) readDumps = false;
    return createTelemetry(options, {
      dataDir,
      configPath: join(app.getPath('userData'), 'config.json'),
      appVersion: app.getVersion(),
      environment: app.isPackaged ? 'production' : 'development',
      appRoots: [app.getAppPath()],
      safeMode,
      breadcrumbs,
      isOnline: () => !app.isReady() || net.isOnline(),
      async fetch() {
        await app.whenReady(); // sessions do not exist before
        const own = session.fromPartition(PARTITION, { cache: false });
        return (input, init) => own.fetch(input instanceof URL ? input.href : input, init);
      },
    });
  });

  core.onClose(hookElectron(electron, core, { onRendererGone: noteCrash }));
  core.onClose(leaveAppBreadcrumbs(electron, breadcrumbs));
  const run = keepRunOnDisk(core, breadcrumbs);
  core.onClose(run.close);
  if (readDumps) core.onClose(collectNativeCrashes(electron, core, run.runId));
  core.onClose(listenToPages(electron, core, trustedOrigins));

  let closed = false;
  const wake = (): void => core.wake();
  void app.whenReady().then(() => closed || powerMonitor.on('resume', wake)); // not to be used before
  core.onClose(() => {
    closed = true;
    if (app.isReady()) powerMonitor.off('resume', wake);
  });
  return core;
}
