/** HTTP by a `fetch` of the host's, such as Electron's `net.fetch`, which obeys the system's proxy. */
import { AnswerTooLong, type HttpExchange, type HttpRequest } from './http-exchange.ts';

/** `fetch` does not tell how far an upload is: this speed counts as progress. Bytes a millisecond (16 KiB/s). */
const SLOWEST_UPLOAD = 16;

export function createFetchExchange(loadFetch: () => Promise<typeof fetch>, timeoutMs: number): HttpExchange {
  return {
    async exchange({ method, url, headers, body, signal, maxAnswerBytes }: HttpRequest) {
      const stall = stallTimer(timeoutMs);
      try {
        const fetch = await loadFetch();
        stall.restart((body?.length ?? 0) / SLOWEST_UPLOAD);
        const response = await fetch(url, {
          method,
          headers,
          body: body ?? null,
          redirect: 'manual',
          credentials: 'omit',
          cache: 'no-store',
          signal: AbortSignal.any([signal, stall.signal]),
        });
        const chunks: Uint8Array[] = [];
        let length = 0;
        for await (const chunk of readChunks(response)) {
          stall.restart();
          length += chunk.length;
          if (length > maxAnswerBytes) throw new AnswerTooLong();
          chunks.push(chunk);
        }
        return {
          status: response.status,
          retryAfter: response.headers.get('retry-after'),
          body: Buffer.concat(chunks).toString('utf8'),
        };
      } finally {
        stall.stop();
      }
    },
    close() {},
  };
}

async function* readChunks(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (!reader) return;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function stallTimer(timeoutMs: number): {
  signal: AbortSignal;
  restart(extraMs?: number): void;
  stop(): void;
} {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const restart = (extraMs = 0): void => {
    clearTimeout(timer);
    timer = setTimeout(
      () => controller.abort(new Error(`no progress for ${timeoutMs} ms`)),
      timeoutMs + extraMs,
    );
    timer.unref();
  };
  return { signal: controller.signal, restart, stop: () => clearTimeout(timer) };
}
