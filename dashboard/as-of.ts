/**
 * As of when the figures on the page are complete. Answers tell it in a header, also those that did not change. The
 * server's clock alone counts, for the reader's may be wrong.
 */

/** What the server promises: no figure is further behind than this, unless it has a backlog. */
const PROMISED_MS = 5_000;

let oldest: number | null = null;

export function noteAsOf({ headers }: Response): void {
  const asOf = Date.parse(headers.get('roost-as-of') ?? '');
  const answered = Date.parse(headers.get('date') ?? '');
  if (answered - asOf > PROMISED_MS) oldest = Math.min(oldest ?? asOf, asOf);
}

/** Before figures are asked for anew. */
export function forgetAsOf(): void {
  oldest = null;
}

/** The moment of the oldest figures, milliseconds since the epoch; null where all are as fresh as promised. */
export function figuresAsOf(): number | null {
  return oldest;
}
