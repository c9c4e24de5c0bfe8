/**
 * Remembers in `dataDir` what the user refused, so that an app that saves a settings object from before the refusal,
 * without the flag, cannot undo it. Also holds a refusal that config.json could not take yet.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { errorCode, replaceFile } from '../atomic-write.ts';
import { CONSENT_FLAGS, type ConsentFlag } from './config-file.ts';

/** `unwritten`: config.json does not say so yet, and will as soon as it can be written. */
export type Refusal = 'written' | 'unwritten';
export type Refusals = Partial<Record<ConsentFlag, Refusal>>;

const FILE = 'refusals.json';

/** A file that cannot be understood counts as a refusal of everything that config.json does not allow in so many words. */
export function readRefusals(dataDir: string): Refusals {
  try {
    const content: unknown = JSON.parse(readFileSync(join(dataDir, FILE), 'utf8'));
    const refusals: Refusals = {};
    for (const flag of CONSENT_FLAGS) {
      const refusal = (content as Refusals)[flag];
      if (refusal === 'written' || refusal === 'unwritten') refusals[flag] = refusal;
    }
    return refusals;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return {};
    return { telemetry_enabled: 'written', crash_reports_enabled: 'written' };
  }
}

/** Throws what the file system throws. */
export function writeRefusals(dataDir: string, refusals: Refusals): void {
  replaceFile(join(dataDir, FILE), `${JSON.stringify(refusals)}\n`);
}
