/**
 * What the preload puts into the page as `window.roost`: plain data both ways, so that it passes
 * Electron's context bridge. Recording calls return at once; the others answer from the main process.
 */
import type { ForgetReport, MyData, PendingReport } from '../lib/handle.ts';
import type { TelemetryRecord } from '../lib/record/batch.ts';
import type { ErrorParts, PageErrorType } from '../lib/record/ipc.ts';

/** A failure in a page, as plain data: an Error object keeps its class and causes only on its own side of the bridge. */
export interface ErrorReport {
  crash_type: PageErrorType;
  error: ErrorParts;
  context?: Record<string, unknown>;
}

/** Everything the settings panel shows, at one moment. */
export interface SettingsState {
  userId: string;
  usageEnabled: boolean;
  crashReportsEnabled: boolean;
  /** False while config.json cannot be read: nothing is recorded or sent then. */
  consentKnown: boolean;
  noticeShown: boolean;
  noticeRequired: boolean;
  /** `opt-in`: nothing is recorded before a yes, so the first-run notice asks. */
  consentMode: 'opt-out' | 'opt-in';
  pending: PendingReport;
  /** True while an erasure waits for the server. */
  erasurePending: boolean;
}

export interface RoostBridge {
  track(name: string, properties?: Record<string, unknown>): void;
  captureError(report: ErrorReport): void;
  addBreadcrumb(message: string): void;
  getState(): Promise<SettingsState>;
  /** Calls back with the new state after each change, from whichever window or file it came. Returns the way to stop. */
  onStateChange(listener: (state: SettingsState) => void): () => void;
  setEnabled(enabled: boolean): Promise<SettingsState>;
  setCrashReportsEnabled(enabled: boolean): Promise<SettingsState>;
  noticeShown(): Promise<SettingsState>;
  /** The next records exactly as they will travel. */
  peek(limit: number): Promise<TelemetryRecord[]>;
  exportMyData(): Promise<MyData>;
  forgetMe(): Promise<ForgetReport>;
}

declare global {
  interface Window {
    roost?: RoostBridge;
  }
}
