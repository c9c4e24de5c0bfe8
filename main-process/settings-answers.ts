/** The answers that the settings panel gets. */
import type { ForgetReport, MyData, TelemetryCore } from '../lib/handle.ts';
import type { TelemetryRecord } from '../lib/record/batch.ts';
import type { AskMessage } from '../lib/record/ipc.ts';
import { settingsState, type SettingsAnswer } from './settings-state.ts';

/** A panel shows tens of records; the whole queue would block the main process. */
const MAX_PEEK = 100;

/** Throws an `Error` with a sentence for the page where the request is none of these. */
export async function answerPage(
  core: TelemetryCore,
  message: AskMessage,
): Promise<SettingsAnswer | TelemetryRecord[] | MyData | ForgetReport> {
  switch (message?.type) {
    case 'state':
      return settingsState(core);
    case 'set_enabled':
      core.setEnabled(asBoolean(message.enabled));
      return settingsState(core);
    case 'set_crash_reports_enabled':
      core.setCrashReportsEnabled(asBoolean(message.enabled));
      return settingsState(core);
    case 'notice_shown':
      core.noticeShown();
      return settingsState(core);
    case 'peek':
      return core.peek(
        typeof message.limit === 'number' ? Math.min(Math.max(1, message.limit), MAX_PEEK) : undefined,
      );
    case 'export_my_data':
      return await core.exportMyData();
    case 'forget_me':
      return await core.forgetMe();
    default:
      throw new Error('unknown request');
  }
}

function asBoolean(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new Error('expected true or false');
  return value;
}
