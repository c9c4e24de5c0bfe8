/**
 * What the user allows: the flags of config.json, read at the start, watched, and written by the toggles.
 *
 * A flag is on, off, or unknown. Unknown (the file cannot be read or understood) pauses: nothing is recorded, sent or
 * deleted. A refusal counts at once, whether or not it can be written; a permission counts once it is written.
 */
import {
  readConfig,
  changeConfig,
  CONSENT_FLAGS,
  type ConfigReading,
  type ConfigValues,
  type ConsentFlag,
} from './consent/config-file.ts';
import { readRefusals, writeRefusals, type Refusals } from './consent/refusals.ts';
import { reasonOf, type Warn } from './warn.ts';
import { watchFile } from './watched-file.ts';

export type Flag = 'on' | 'off' | 'unknown';

export interface ConsentState {
  readonly usage: Flag;
  readonly crashes: Flag;
  readonly noticeShown: boolean;
}

export interface Consent {
  /** As of the last look at the file. */
  state(): ConsentState;
  /** Looks at the file again where it changed. */
  refresh(): void;
  set(flag: ConsentFlag, enabled: boolean): void;
  setNoticeShown(): void;
  /** One sentence a problem, empty when all is well. */
  problems(): string[];
  close(): void;
}

export interface ConsentOptions {
  configPath: string;
  dataDir: string;
  /** A flag that neither the file nor a refusal settles: on (opt-out) or off (opt-in). */
  mode: 'opt-out' | 'opt-in';
  warn: Warn;
  /** Called after the state changed, from whichever side. */
  onChange: (state: ConsentState) => void;
}

export function openConsent({ configPath, dataDir, mode, warn, onChange }: ConsentOptions): Consent {
  const watched = watchFile(configPath, refresh);
  let refusals: Refusals = {};
  let reading: ConfigReading;
  let state = read();

  function read(): ConsentState {
    look();
    if (reading.readable && writeLateRefusals(reading.values)) look();
    if (reading.readable) remember(settled(reading.values));
    else warn('config_in_doubt', `${configPath}: ${reading.reason}. Telemetry pauses until it can be read.`);
    return {
      usage: flagOf('telemetry_enabled'),
      crashes: flagOf('crash_reports_enabled'),
      noticeShown: reading.readable && reading.values.telemetry_notice_shown_at !== undefined,
    };
  }

  function look(): void {
    watched.markRead();
    reading = readConfig(configPath);
    refusals = { ...refusals, ...readRefusals(dataDir) };
  }

  function flagOf(flag: ConsentFlag): Flag {
    if (refusals[flag] === 'unwritten') return 'off';
    if (!reading.readable) return 'unknown';
    const allowed = reading.values[flag] ?? (refusals[flag] === undefined && mode === 'opt-out');
    return allowed ? 'on' : 'off';
  }

  /** Makes up for refusals that the file could not take; true where that changed it. */
  function writeLateRefusals(values: ConfigValues): boolean {
    const late = CONSENT_FLAGS.filter((flag) => refusals[flag] === 'unwritten' && values[flag] !== false);
    return late.length > 0 && write(Object.fromEntries(late.map((flag) => [flag, false])));
  }

  /** A flag that is false is remembered, one that is true again lifts the refusal. */
  function settled(values: ConfigValues): Refusals {
    const next: Refusals = { ...refusals };
    for (const flag of CONSENT_FLAGS) {
      if (values[flag] === false) next[flag] = 'written';
      else if (values[flag] === true && next[flag] === 'written') delete next[flag];
    }
    return next;
  }

  function remember(next: Refusals): void {
    const changed = CONSENT_FLAGS.some((flag) => next[flag] !== refusals[flag]);
    refusals = next;
    if (!changed) return;
    try {
      writeRefusals(dataDir, next);
    } catch (error) {
      warn(
        'refusals_unwritable',
        `${dataDir}: a refusal cannot be kept beside config.json: ${reasonOf(error)}`,
      );
    }
  }

  function write(changes: ConfigValues): boolean {
    try {
      changeConfig(configPath, changes);
      return true;
    } catch (error) {
      warn('config_unwritable', `${configPath} cannot be changed: ${reasonOf(error)}`);
      return false;
    }
  }

  function refresh(): void {
    if (!watched.changed()) return;
    update();
  }

  function update(): void {
    const before = state;
    state = read();
    const same =
      before.usage === state.usage &&
      before.crashes === state.crashes &&
      before.noticeShown === state.noticeShown;
    if (!same) onChange(state);
  }

  return {
    state: () => state,
    refresh,
    set(flag, enabled) {
      const written = write({ [flag]: enabled });
      if (!enabled) remember({ ...refusals, [flag]: written ? 'written' : 'unwritten' });
      else if (written) {
        const { [flag]: _lifted, ...others } = refusals;
        remember(others);
      }
      update();
    },
    setNoticeShown() {
      write({ telemetry_notice_shown_at: new Date().toISOString() });
      update();
    },
    problems: () => (reading.readable ? [] : [`config.json: ${reading.reason}; telemetry pauses.`]),
    close: () => watched.close(),
  };
}
