/** What `/stats` is made of, wherever it was read from. */
import type { ByUser } from './by-user.ts';
import type { CrashFigures } from './crashes.ts';
import type { FailureCount, ProcessingTimes } from './processing.ts';
import type { SessionFigures } from './sessions.ts';
import type { SoFar } from './so-far.ts';
import type { Sums } from './sums.ts';

export interface Gathered {
  sums: Sums;
  /** Users active on each day of the range, and in each week that touches it. */
  usersByDay: number[];
  usersByWeek: number[];
  processing: ProcessingTimes;
  failures: FailureCount[];
  users: ByUser;
  soFar: SoFar;
  sessions: SessionFigures;
  crashes: CrashFigures;
}
