/** Stands in for a transcription service: takes a moment, costs money, and fails as real ones do. */
import type { EventProperties, StoriesCatalogue } from '@roost-telemetry/electron/catalogue';

export type ErrorType = NonNullable<EventProperties<StoriesCatalogue, 'transcription_failed'>['error_type']>;

export class TranscriptionError extends Error {
  override readonly name = 'TranscriptionError';
  readonly type: ErrorType;

  constructor(type: ErrorType) {
    super(`The service did not answer: ${type}`);
    this.type = type;
  }
}

/** The fastest that any service answers. */
const LEAST_SECONDS = 0.4;
/** A service takes a part of the recording's length. */
const SECONDS_PER_AUDIO_SECOND = 0.01;
const MOST_SECONDS = 2;

const TEXTS = [
  'The swallows came back this morning. Two of them went straight for the old beam, as if they had never been away.',
  'Note for the chapter about the lighthouse: the keeper’s daughter should be the one who notices the fog first.',
  'Grandmother’s soup begins with onions, cut small and patiently. She says that hurry is a taste as well.',
  'We missed the last ferry and walked along the shore instead. Nobody spoke for an hour, and nobody minded.',
];

let next = 0;

export async function transcribe(audioSeconds: number, fails: boolean): Promise<string> {
  const seconds = Math.min(LEAST_SECONDS + audioSeconds * SECONDS_PER_AUDIO_SECOND, MOST_SECONDS);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  if (fails) throw new TranscriptionError('timeout');
  next += 1;
  return TEXTS[(next - 1) % TEXTS.length]!;
}
