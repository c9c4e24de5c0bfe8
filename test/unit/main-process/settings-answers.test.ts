import { describe, expect, expectTypeOf, it, onTestFinished } from 'vitest';

import type { TelemetryCore } from '../../../lib/handle.ts';
import type { AskMessage } from '../../../lib/record/ipc.ts';
import { createTelemetry } from '../../../lib/telemetry.ts';
import { answerPage } from '../../../main-process/settings-answers.ts';
import { settingsState, type SettingsAnswer } from '../../../main-process/settings-state.ts';
import type { SettingsState } from '../../../renderer/bridge.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

function open(): TelemetryCore {
  const core = createTelemetry({ dataDir: tempDir(), logger: () => undefined }, {});
  onTestFinished(async () => await core.close());
  return core;
}

describe('what the settings panel is answered', () => {
  it('is what the bridge promises to pages', () => {
    expectTypeOf<SettingsAnswer>().toEqualTypeOf<SettingsState>();
    const core = open();
    expect(settingsState(core)).toMatchObject({
      userId: core.userId,
      usageEnabled: true,
      crashReportsEnabled: true,
      consentKnown: true,
      consentMode: 'opt-out',
      noticeShown: false,
      erasurePending: false,
      pending: { events: 0, crashes: 0 },
    });
  });

  it('carries out what is asked, and answers with the new state', async () => {
    const core = open();
    expect(await answerPage(core, { type: 'set_enabled', enabled: false })).toMatchObject({
      usageEnabled: false,
    });
    expect(await answerPage(core, { type: 'set_crash_reports_enabled', enabled: false })).toMatchObject({
      crashReportsEnabled: false,
    });
    expect(await answerPage(core, { type: 'notice_shown' })).toMatchObject({ noticeShown: true });
    expect(core.isEnabled()).toBe(false);
  });

  it('gives at most a hundred records, whatever is asked', async () => {
    const core = open();
    for (let count = 1; count <= 120; count += 1) core.trackUnchecked('dictionary_used', { count });
    for (const [limit, length] of [
      [5, 5],
      [1e9, 100],
      [-1, 1],
      ['all', 20],
      [undefined, 20],
    ]) {
      expect(await answerPage(core, { type: 'peek', limit })).toHaveLength(length as number);
    }
  });

  it.each([null, undefined, 1, [], {}, { type: 'no_such' }, { type: 'set_enabled', enabled: 1 }])(
    'refuses %j',
    async (message) => {
      const core = open();
      await expect(answerPage(core, message as AskMessage)).rejects.toThrow();
      expect(core.isEnabled()).toBe(true);
    },
  );

  it('survives a limit that is no number', async () => {
    await expect(answerPage(open(), { type: 'peek', limit: Number.NaN })).resolves.toEqual([]);
  });
});
