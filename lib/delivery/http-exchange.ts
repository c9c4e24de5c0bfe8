/** One HTTP request and its answer, whatever carries it: undici in Node, `net.fetch` in Electron. */
export interface HttpRequest {
  method: 'POST' | 'GET' | 'DELETE';
  url: string;
  headers: Record<string, string>;
  body?: Uint8Array<ArrayBuffer>;
  signal: AbortSignal;
  /** A longer answer is given up: nobody who knows us sends it. */
  maxAnswerBytes: number;
}

export interface HttpAnswer {
  status: number;
  retryAfter: string | null;
  body: string;
}

/**
 * Rejects when no answer came: no network, no progress for the time-out, aborted, too long. Follows no redirects.
 */
export interface HttpExchange {
  exchange(request: HttpRequest): Promise<HttpAnswer>;
  close(): void;
}

export class AnswerTooLong extends Error {
  constructor() {
    super('the answer is too long to be ours');
  }
}
