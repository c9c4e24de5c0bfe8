/**
 * Loads what only sending needs when something is to be sent: at `flushAt` records, a second after the start, or when
 * the app asks. An app's start pays for none of it.
 */
import type { FlushReport } from '../handle.ts';
import type { RecordKind } from '../record/batch.ts';
import { reasonOf } from '../warn.ts';
import type { Sender, SenderOptions } from './sender.ts';

export interface LazySender {
  /** A record was queued. */
  recordAdded(): void;
  /** Resolves when all that could be sent now is sent. Never rejects. */
  flush(): Promise<Pick<FlushReport, 'sent' | 'rejected'>>;
  /** The network may be back. */
  wake(): void;
  /** Gives up the request under way with records of this kind; they stay in the queue. */
  abort(kind: RecordKind): void;
  close(): void;
}

/** The first look at what an earlier run left; later than the app's own start. Milliseconds. */
const FIRST_LOOK_MS = 1_000;

export function createLazySender(options: SenderOptions): LazySender {
  const { flushIntervalMs, flushAt, warn } = options;
  let sender: Sender | null = null;
  let loading: Promise<Sender | null> | undefined;
  let waiting = 0;
  let closed = false;

  const load = (): Promise<Sender | null> => {
    loading ??= import('./sender.ts').then(
      (module) => {
        sender = closed ? null : new module.Sender(options);
        return sender;
      },
      (error: unknown) => {
        warn('sender_missing', `nothing can be sent: ${reasonOf(error)}`);
        return null;
      },
    );
    return loading;
  };
  const look = (): void => void load().then((loaded) => loaded?.look());
  const firstLook = setTimeout(look, Math.min(FIRST_LOOK_MS, flushIntervalMs));
  firstLook.unref();

  return {
    recordAdded() {
      waiting += 1;
      if (sender) sender.recordAdded();
      else if (waiting >= flushAt) look();
    },
    flush: async () => (await load())?.flush() ?? { sent: 0, rejected: 0 },
    wake: () => void load().then((loaded) => loaded?.wake()),
    abort: (kind) => sender?.abort(kind),
    close() {
      closed = true;
      clearTimeout(firstLook);
      sender?.close();
    },
  };
}
