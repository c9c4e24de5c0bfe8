/**
 * What pages ask for. A page is hostile ground: who sent a message, how much and how often is checked here, what it
 * says is checked by `TelemetryCore`, as for any caller.
 */
import type { IpcMainEvent, IpcMainInvokeEvent, WebContents, WebFrameMain } from 'electron';

import type { TelemetryCore } from '../lib/handle.ts';
import { describeError } from '../lib/record/describe-error.ts';
import {
  ASK_CHANNEL,
  PAGE_ERROR_TYPES,
  RECORD_CHANNEL,
  STATE_CHANNEL,
  WATCH_CHANNEL,
  type AskAnswer,
  type AskMessage,
  type PageErrorType,
  type RecordMessage,
} from '../lib/record/ipc.ts';
import type { ElectronHost } from './electron-host.ts';
import { describePlace } from './app-breadcrumbs.ts';
import { trustedFrame } from './page-trust.ts';
import { copyPlainData } from './plain-data.ts';
import { createRateLimit, type RateLimit } from './rate-limit.ts';
import { settingsState } from './settings-state.ts';

/** Limits of one window: far above what an app does, low enough that a loop in a page costs the app nothing. */
const LIMITS = {
  record: { burst: 1_000, perSecond: 100 },
  /** A page that throws in every frame fills the queue with the same crash. */
  error: { burst: 50, perSecond: 0.5 },
  ask: { burst: 50, perSecond: 10 },
} as const;
/** Losses are counted together: a flood must not become a flood of writes. Milliseconds. */
const COUNT_EVERY_MS = 250;

type Refusal = 'ipc_foreign_frame' | 'ipc_rate_limited' | 'ipc_too_large' | 'ipc_malformed';

/** Starts listening. Returns the way to stop. */
export function listenToPages(
  { ipcMain }: Pick<ElectronHost, 'ipcMain'>,
  core: TelemetryCore,
  trustedOrigins: readonly string[] = [],
): () => void {
  const refused = countTogether(core);
  const limits = new WeakMap<WebContents, Record<keyof typeof LIMITS, RateLimit>>();
  const withinLimit = (sender: WebContents, kind: keyof typeof LIMITS): boolean => {
    let own = limits.get(sender);
    if (!own) {
      const make = (name: keyof typeof LIMITS): RateLimit =>
        createRateLimit(LIMITS[name].burst, LIMITS[name].perSecond);
      limits.set(sender, (own = { record: make('record'), error: make('error'), ask: make('ask') }));
    }
    return own[kind].take();
  };

  /** The message as plain data from a frame of the app's, or why it is refused. The cheapest checks come first. */
  const accept = (
    event: IpcMainEvent | IpcMainInvokeEvent,
    kind: keyof typeof LIMITS,
    message: unknown,
  ): { frame: WebFrameMain; message: unknown } | Refusal => {
    if (!withinLimit(event.sender, kind)) return 'ipc_rate_limited';
    const frame = trustedFrame(event, trustedOrigins);
    if (!frame) return 'ipc_foreign_frame';
    const plain = copyPlainData(message);
    return plain ? { frame, message: plain.copy } : 'ipc_too_large';
  };

  const onRecord = (event: IpcMainEvent, raw: unknown): void => {
    try {
      const accepted = accept(event, isErrorMessage(raw) ? 'error' : 'record', raw);
      if (typeof accepted === 'string') return refused.add(accepted);
      if (!recordFor(core, accepted.message, accepted.frame)) refused.add('ipc_malformed');
    } catch {
      refused.add('ipc_malformed');
    }
  };

  const onAsk = async (event: IpcMainInvokeEvent, raw: unknown): Promise<AskAnswer> => {
    try {
      const accepted = accept(event, 'ask', raw);
      if (typeof accepted === 'string') {
        refused.add(accepted);
        return { ok: false, reason: `refused (${accepted})` };
      }
      const { answerPage } = await import('./settings-answers.ts');
      return { ok: true, value: await answerPage(core, accepted.message as AskMessage) };
    } catch (error) {
      return { ok: false, reason: error instanceof Error ? error.message : 'failed' };
    }
  };

  const watchers = new Set<WebFrameMain>();
  const onWatch = (event: IpcMainEvent): void => {
    const accepted = accept(event, 'ask', null);
    if (typeof accepted === 'string') refused.add(accepted);
    else watchers.add(accepted.frame);
  };
  const stopTelling = core.onChange(() => {
    if (watchers.size === 0) return;
    const state = settingsState(core);
    for (const frame of watchers) {
      try {
        frame.send(STATE_CHANNEL, state);
      } catch {
        watchers.delete(frame); // gone; its next page asks anew
      }
    }
  });

  ipcMain.on(RECORD_CHANNEL, onRecord);
  ipcMain.on(WATCH_CHANNEL, onWatch);
  ipcMain.handle(ASK_CHANNEL, onAsk);
  return () => {
    ipcMain.off(RECORD_CHANNEL, onRecord);
    ipcMain.off(WATCH_CHANNEL, onWatch);
    ipcMain.removeHandler(ASK_CHANNEL);
    stopTelling();
    refused.flush();
  };
}

function isErrorMessage(message: unknown): boolean {
  return (message as Partial<RecordMessage> | null)?.type === 'error';
}

/** False where the message is none of Roost's. */
function recordFor(core: TelemetryCore, raw: unknown, frame: WebFrameMain): boolean {
  const message = raw as Partial<RecordMessage> | null;
  switch (message?.type) {
    case 'track':
      core.trackUnchecked(message.name, message.properties);
      return true;
    case 'breadcrumb':
      if (typeof message.message !== 'string') return false;
      core.addBreadcrumb(message.message);
      return true;
    case 'error': {
      const crashType = message.crash_type as PageErrorType;
      if (!PAGE_ERROR_TYPES.includes(crashType)) return false;
      const context =
        typeof message.context === 'object' && !Array.isArray(message.context) ? message.context : {};
      core.captureCrash({
        crash_type: crashType,
        ...describeError(message.error),
        context: {
          ...context,
          process_type: 'renderer',
          place: describePlace(frame.url),
          main_frame: !frame.parent,
        },
      });
      return true;
    }
    default:
      return false;
  }
}

function countTogether(core: TelemetryCore): { add: (reason: Refusal) => void; flush: () => void } {
  const counts = new Map<Refusal, number>();
  let timer: NodeJS.Timeout | null = null;
  const flush = (): void => {
    if (timer) clearTimeout(timer);
    timer = null;
    for (const [reason, count] of counts) core.countDropped(reason, count);
    counts.clear();
  };
  return {
    add(reason) {
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
      timer ??= setTimeout(flush, COUNT_EVERY_MS).unref();
    },
    flush,
  };
}
