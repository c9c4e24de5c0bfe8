/** Where an app runs: with its users, or with its developers. */
export const ENVIRONMENTS = ['production', 'development'] as const;
export type Environment = (typeof ENVIRONMENTS)[number];
