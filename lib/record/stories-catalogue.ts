/** The events of Stories, a voice recorder with transcription: the default catalogue. */
import type { Catalogue } from './catalogue.ts';

const SOURCES = ['widget', 'main_window'] as const;
const ERROR_TYPES = ['timeout', 'network', 'rate_limited', 'invalid_audio', 'quota', 'unknown'] as const;

const amount = { type: 'number', min: 0 } as const;
const source = { type: 'enum', values: SOURCES } as const;
const errorType = { type: 'enum', values: ERROR_TYPES } as const;
const success = { type: 'boolean' } as const;

/** Known to be sound, so that no app checks it at its start; a test does. */
export const storiesCatalogue = {
  app_opened: {
    purpose: 'How many people use the app, and how long it takes to start.',
    properties: { startup_time_seconds: amount },
  },
  recording_started: {
    purpose: 'Where recordings are started from.',
    properties: { source },
  },
  recording_completed: {
    purpose: 'How much is recorded, from where, and whether it works.',
    properties: {
      audio_duration_seconds: { ...amount, required: true },
      source: { ...source, required: true },
      success: { ...success, required: true },
      processing_time_seconds: amount,
      estimated_cost_usd: amount,
    },
  },
  transcription_completed: {
    purpose: 'How long transcription takes and what it costs.',
    properties: {
      audio_duration_seconds: { ...amount, required: true },
      processing_time_seconds: { ...amount, required: true },
      source,
      success,
      estimated_cost_usd: amount,
    },
  },
  transcription_failed: {
    purpose: 'Why transcriptions fail.',
    properties: { error_type: errorType, source, success, processing_time_seconds: amount },
  },
  feature_toggled: {
    purpose: 'Which optional features are used.',
    properties: {
      feature: { type: 'enum', values: ['auto_paste'], required: true },
      enabled: { type: 'boolean', required: true },
    },
  },
  retry_attempted: {
    purpose: 'How often people have to try again.',
    properties: { source, error_type: errorType },
  },
  dictionary_used: {
    purpose: 'Whether the custom dictionary is worth having.',
    properties: { count: { type: 'integer', min: 1, required: true } },
  },
} as const satisfies Catalogue;
export type StoriesCatalogue = typeof storiesCatalogue;

/**
 * What a transcription of this length costs, in USD, not rounded.
 * `audioSeconds` ≥ 0; `usdPerMinute` defaults to 0.006, a common list price per minute of audio.
 */
export function estimateTranscriptionCost(audioSeconds: number, usdPerMinute = 0.006): number {
  return (audioSeconds / 60) * usdPerMinute;
}
