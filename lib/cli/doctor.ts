/** `roost doctor`: why records do not arrive. */
import { examineConsent, examineQueue } from '../doctor/examine-queue.ts';
import { examineServer } from '../doctor/examine-server.ts';
import { type Finding, formatFinding } from '../doctor/finding.ts';

export interface DoctorOptions {
  /** The queue file, or the folder it lies in. */
  path: string | undefined;
  endpoint: string | undefined;
  key: string | undefined;
  /** The app's config.json. */
  config: string | undefined;
  /** Milliseconds since the epoch. */
  now: number;
}

/** Looks at what is given. `failed`: something bad was found. Throws `RoostError` `invalid_option`. */
export async function doctor(options: DoctorOptions): Promise<{ text: string; failed: boolean }> {
  const { path, endpoint, key, config, now } = options;
  const findings: Finding[] = [
    ...(config === undefined ? [] : [examineConsent(config)]),
    ...(path === undefined ? [] : examineQueue(path, now)),
    ...(endpoint === undefined ? [] : await examineServer({ endpoint, ingestKey: key })),
  ];
  return {
    text: findings.map(formatFinding).join('\n'),
    failed: findings.some(({ level }) => level === 'bad'),
  };
}
