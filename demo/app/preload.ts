/** The app's preload: Roost's, bundled with the app's own, so that one sandboxed file holds both. */
import '@roost-telemetry/electron/preload';
import { contextBridge, ipcRenderer } from 'electron';

import { CHANNELS, type LogLine, type StoriesBridge } from './bridge.ts';

const stories: StoriesBridge = {
  setOffline: (offline) => ipcRenderer.send(CHANNELS.offline, offline),
  crash: (kind) => ipcRenderer.send(CHANNELS.crash, kind),
  flush: () => ipcRenderer.invoke(CHANNELS.flush),
  onLog: (listener) => void ipcRenderer.on(CHANNELS.log, (_event, line: LogLine) => listener(line)),
};
contextBridge.exposeInMainWorld('stories', stories);
