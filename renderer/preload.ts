/**
 * Entry `/preload`: puts the bridge `window.roost` into the page, and listens there for uncaught errors. One CommonJS
 * file that requires only `electron`, so that it runs in a sandbox. Loaded twice (registered with the session and named
 * by the window), the second time does nothing.
 */
import { contextBridge, ipcRenderer, webFrame } from 'electron';

import {
  ASK_CHANNEL,
  RECORD_CHANNEL,
  STATE_CHANNEL,
  WATCH_CHANNEL,
  type AskAnswer,
  type AskMessage,
  type RecordMessage,
} from '../lib/record/ipc.ts';
import type { RoostBridge, SettingsState } from './bridge.ts';
import { listenForErrors } from './error-listener.ts';
import { errorParts } from './error-parts.ts';

function record(message: RecordMessage): void {
  try {
    ipcRenderer.send(RECORD_CHANNEL, message);
  } catch {
    // Something that cannot be cloned among the properties: told apart from nothing by its name alone.
    ipcRenderer.send(RECORD_CHANNEL, { type: message.type });
  }
}

async function ask<T>(message: AskMessage): Promise<T> {
  const answer = (await ipcRenderer.invoke(ASK_CHANNEL, message)) as AskAnswer;
  if (!answer.ok) throw new Error(`Roost: ${answer.reason}`);
  return answer.value as T;
}

const stateListeners = new Set<(state: SettingsState) => void>();

const bridge: RoostBridge = {
  track: (name, properties) => record({ type: 'track', name, properties }),
  captureError: ({ crash_type, error, context }) => record({ type: 'error', crash_type, error, context }),
  addBreadcrumb: (message) => record({ type: 'breadcrumb', message }),
  getState: () => ask({ type: 'state' }),
  onStateChange(listener) {
    if (stateListeners.size === 0) ipcRenderer.send(WATCH_CHANNEL);
    stateListeners.add(listener);
    return () => void stateListeners.delete(listener);
  },
  setEnabled: (enabled) => ask({ type: 'set_enabled', enabled }),
  setCrashReportsEnabled: (enabled) => ask({ type: 'set_crash_reports_enabled', enabled }),
  noticeShown: () => ask({ type: 'notice_shown' }),
  peek: (limit) => ask({ type: 'peek', limit }),
  exportMyData: () => ask({ type: 'export_my_data' }),
  forgetMe: () => ask({ type: 'forget_me' }),
};

function install(): void {
  if (process.contextIsolated) {
    contextBridge.exposeInMainWorld('roost', bridge);
    // Runs at once, before the page's own scripts, and whatever the page's CSP says (electron/electron
    // shell/renderer/api/electron_api_web_frame.cc: `EvaluationTiming::kSynchronous`).
    const listen = `(${listenForErrors})(${errorParts}, (report) => window.roost.captureError(report), 'page')`;
    webFrame.executeJavaScript(listen).catch(() => undefined);
  } else {
    if (window.roost) return;
    window.roost = bridge;
  }
  listenForErrors(errorParts, bridge.captureError, process.contextIsolated ? 'preload' : 'page');
  ipcRenderer.on(STATE_CHANNEL, (_event, state: SettingsState) => {
    for (const listener of stateListeners) listener(state);
  });
}

try {
  install();
} catch {
  // `exposeInMainWorld` throws where `window.roost` is taken: this preload ran before in the same frame.
}
