/** From pressing the button to the text: what a recording is, and what is told about it. */
import { estimateTranscriptionCost } from '@roost-telemetry/electron/catalogue';

import { telemetry } from './telemetry.ts';
import { transcribe, TranscriptionError, type ErrorType } from './transcription.ts';

export type Source = 'widget' | 'main_window';
export type RecorderState = 'idle' | 'recording' | 'transcribing';

export interface Recording {
  source: Source;
  audioSeconds: number;
}
export type Outcome =
  | { ok: true; recording: Recording; text: string; costUsd: number; words: number }
  | { ok: false; recording: Recording; errorType: ErrorType };

export interface RecorderOptions {
  /** How much faster than the clock a recording grows: the tour has no minutes to spend. */
  speed: number;
  onState: (state: RecorderState) => void;
  onOutcome: (outcome: Outcome) => void;
  nextFails: () => boolean;
  /** Words of the dictionary that the text was corrected with. */
  dictionarySize: () => number;
}

export interface Recorder {
  start(source: Source): void;
  stop(): Promise<void>;
  retry(recording: Recording, errorType: ErrorType): Promise<void>;
  elapsedSeconds(): number;
}

export function createRecorder(options: RecorderOptions): Recorder {
  let running: { source: Source; startedAt: number } | undefined;

  const elapsedSeconds = (): number =>
    running ? ((performance.now() - running.startedAt) / 1000) * options.speed : 0;

  async function transcribeRecording(recording: Recording): Promise<void> {
    const { source, audioSeconds } = recording;
    options.onState('transcribing');
    const startedAt = performance.now();
    const processingSeconds = (): number => (performance.now() - startedAt) / 1000;
    try {
      const text = await transcribe(audioSeconds, options.nextFails());
      const costUsd = estimateTranscriptionCost(audioSeconds);
      telemetry.track('transcription_completed', {
        audio_duration_seconds: audioSeconds,
        processing_time_seconds: processingSeconds(),
        source,
        success: true,
        estimated_cost_usd: costUsd,
      });
      const words = options.dictionarySize();
      if (words > 0) telemetry.track('dictionary_used', { count: words });
      options.onOutcome({ ok: true, recording, text, costUsd, words });
    } catch (error) {
      const errorType = error instanceof TranscriptionError ? error.type : 'unknown';
      telemetry.track('transcription_failed', {
        error_type: errorType,
        source,
        success: false,
        processing_time_seconds: processingSeconds(),
      });
      options.onOutcome({ ok: false, recording, errorType });
    } finally {
      options.onState('idle');
    }
  }

  return {
    elapsedSeconds,
    start(source) {
      running = { source, startedAt: performance.now() };
      telemetry.track('recording_started', { source });
      options.onState('recording');
    },
    async stop() {
      if (!running) return;
      const recording = { source: running.source, audioSeconds: elapsedSeconds() };
      running = undefined;
      telemetry.track('recording_completed', {
        audio_duration_seconds: recording.audioSeconds,
        source: recording.source,
        success: true,
      });
      await transcribeRecording(recording);
    },
    async retry(recording, errorType) {
      telemetry.track('retry_attempted', { source: recording.source, error_type: errorType });
      await transcribeRecording(recording);
    },
  };
}
