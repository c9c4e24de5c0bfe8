/** What the settings panel shows. */
import type { PendingReport, TelemetryCore } from '../lib/handle.ts';

/** `SettingsState` of renderer/bridge.ts; pages may not be imported here, so a type test holds the two together. */
export interface SettingsAnswer {
  userId: string;
  usageEnabled: boolean;
  crashReportsEnabled: boolean;
  consentKnown: boolean;
  consentMode: 'opt-out' | 'opt-in';
  noticeShown: boolean;
  noticeRequired: boolean;
  pending: PendingReport;
  erasurePending: boolean;
}

export function settingsState(core: TelemetryCore): SettingsAnswer {
  const { usage, crashes, known, mode, noticeShown, noticeRequired } = core.consentState();
  return {
    userId: core.userId,
    usageEnabled: usage,
    crashReportsEnabled: crashes,
    consentKnown: known,
    consentMode: mode,
    noticeShown,
    noticeRequired,
    pending: core.pending(),
    erasurePending: core.erasurePending(),
  };
}
