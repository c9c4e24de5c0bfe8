/**
 * Lower bounds of the buckets that processing times are kept in: from a millisecond to three hours, each 5 %
 * above the one before. Values are exact whatever the bounds; these only decide how many are read together.
 * Changing them takes a migration that computes `environment_processing` anew.
 */
export const PROCESSING_BUCKETS: readonly number[] = Array.from(
  { length: 332 },
  (_, index) => Math.round(0.001 * 1.05 ** index * 1e6) / 1e6,
);
