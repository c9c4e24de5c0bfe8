/** What pages and the main process say to each other: channel names and message shapes, the same on both sides. */

/** Page → main, one way: something to record. */
export const RECORD_CHANNEL = 'roost:record';
/** Page → main, with an answer: the settings panel's requests. */
export const ASK_CHANNEL = 'roost:ask';
/** Page → main: send me the state on each change. */
export const WATCH_CHANNEL = 'roost:watch';
/** Main → page: the new state. */
export const STATE_CHANNEL = 'roost:state';

export const PAGE_ERROR_TYPES = ['uncaught_error', 'unhandled_rejection', 'handled_error'] as const;
export type PageErrorType = (typeof PAGE_ERROR_TYPES)[number];

/** An error as plain data, as it looks from where it was thrown. Read by `describeError`, like an error. */
export interface ErrorParts {
  name?: string;
  message?: string;
  stack?: string;
  cause?: ErrorParts;
  errors?: ErrorParts[];
}

export type RecordMessage =
  | { type: 'track'; name: unknown; properties: unknown }
  | { type: 'error'; crash_type: unknown; error: unknown; context: unknown }
  | { type: 'breadcrumb'; message: unknown };

export type AskMessage =
  | { type: 'state' }
  | { type: 'set_enabled'; enabled: unknown }
  | { type: 'set_crash_reports_enabled'; enabled: unknown }
  | { type: 'notice_shown' }
  | { type: 'peek'; limit: unknown }
  | { type: 'export_my_data' }
  | { type: 'forget_me' };

/** An answer is data, never a throw: Electron would print a handler's error into the app's console. */
export type AskAnswer = { ok: true; value: unknown } | { ok: false; reason: string };
