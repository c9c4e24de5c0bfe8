/** What an examination says. */
export interface Finding {
  /** One word: what was looked at. */
  subject: string;
  /** With a warning records still travel; with something bad they do not. */
  level: 'good' | 'warning' | 'bad';
  /** What was found; where it is not good, also what to do. */
  text: string;
}

const MARKS = { good: '✓', warning: '!', bad: '✗' } as const;

export function formatFinding({ subject, level, text }: Finding): string {
  return `${MARKS[level]} ${subject.padEnd(8)} ${text}`;
}
