/** All that Roost asks of Electron: the only import of it in the main process, typed against the real `electron.d.ts`. */
import electron from 'electron';
import type { App, CrashReporter, IpcMain, Net, PowerMonitor, Session } from 'electron';

import { RoostError } from '../lib/record/errors.ts';

export interface ElectronHost {
  app: Pick<
    App,
    'getPath' | 'getVersion' | 'getAppPath' | 'isPackaged' | 'isReady' | 'whenReady' | 'on' | 'off'
  >;
  ipcMain: Pick<IpcMain, 'on' | 'off' | 'listenerCount' | 'handle' | 'removeHandler'>;
  crashReporter: Pick<CrashReporter, 'start'>;
  net: Pick<Net, 'isOnline'>;
  powerMonitor: Pick<PowerMonitor, 'on' | 'off'>;
  session: { fromPartition(partition: string, options?: { cache: boolean }): Pick<Session, 'fetch'> };
}

/** Throws `RoostError` where there is no Electron main process around. */
export function electronHost(): ElectronHost {
  // In plain Node the npm package `electron` gives the path of the binary, a string.
  if (!electron?.app || !electron.ipcMain) {
    throw new RoostError(
      'invalid_option',
      '@roost-telemetry/electron/main runs in the main process of Electron; elsewhere use @roost-telemetry/electron/node.',
    );
  }
  return electron;
}
