/** Tells of statements that take long: their text, which holds places for values, never the values. */
import type pg from 'pg';

export interface SlowStatement {
  /** On one line, cut at 300 characters. */
  statement: string;
  /** From handing it to the connection to its last row; waiting for a free connection is not in it. */
  ms: number;
}

export interface SlowStatementOptions {
  /** Milliseconds from which on it is told. */
  fromMs: number;
  tell: (slow: SlowStatement) => void;
}

const SHOWN_LENGTH = 300;

/** Measures every statement of this connection from now on, also those that fail. */
export function watchStatements(client: pg.ClientBase, { fromMs, tell }: SlowStatementOptions): void {
  const query = client.query.bind(client) as (...given: unknown[]) => unknown;
  const measured = (...given: unknown[]): unknown => {
    const start = performance.now();
    const finish = (): void => {
      const ms = Math.round(performance.now() - start);
      if (ms >= fromMs) tell({ statement: shapeOf(given[0]), ms });
    };
    // The pool asks with a callback, all others await.
    const callback = given.at(-1);
    if (typeof callback === 'function') {
      return query(...given.slice(0, -1), (...answer: unknown[]) => {
        finish();
        Reflect.apply(callback, undefined, answer);
      });
    }
    const answer = query(...given);
    if (answer instanceof Promise) answer.then(finish, finish);
    return answer;
  };
  client.query = measured as typeof client.query;
}

function shapeOf(given: unknown): string {
  const text = typeof given === 'string' ? given : (given as { text?: string }).text;
  return (text ?? 'unnamed').trim().replaceAll(/\s+/g, ' ').slice(0, SHOWN_LENGTH);
}
