/** What an examination says. */
export interface Finding {
  /** One word: what was looked at. */
  subject: string;
  /** A warning leaves the server working; something bad does not. */
  level: 'good' | 'warning' | 'bad';
  /** What was found; where it is not good, also what to do. */
  text: string;
}

export const good = (subject: string, text: string): Finding => ({ subject, level: 'good', text });
export const warning = (subject: string, text: string): Finding => ({ subject, level: 'warning', text });
export const bad = (subject: string, text: string): Finding => ({ subject, level: 'bad', text });

const MARKS = { good: '✓', warning: '!', bad: '✗' } as const;

export function formatFinding({ subject, level, text }: Finding): string {
  return `${MARKS[level]} ${subject.padEnd(10)} ${text}`;
}
