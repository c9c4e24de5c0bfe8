/** The app's last look at records before they leave. */
import type { BeforeSend } from '../handle.ts';
import type { RecordKind, TelemetryRecord } from '../record/batch.ts';
import { crashSchema } from '../record/crash.ts';
import { eventSchema } from '../record/event.ts';

/** `before_send`: the app said no. `before_send_failed`: it threw, took too long, or gave back no record. */
export type BeforeSendResult = TelemetryRecord | 'before_send' | 'before_send_failed';

/** Never rejects. Ids stay what they were, so that a resent record is still the same one. */
export async function lookBeforeSend(
  beforeSend: BeforeSend,
  kind: RecordKind,
  record: TelemetryRecord,
  timeoutMs: number,
): Promise<BeforeSendResult> {
  const { event_id, user_id } = record;
  try {
    const answer = await withTimeout(beforeSend(record), timeoutMs);
    if (answer === null) return 'before_send';
    const schema = kind === 'event' ? eventSchema : crashSchema;
    const checked = schema.safeParse({ ...answer, event_id, user_id });
    return checked.success ? checked.data : 'before_send_failed';
  } catch {
    return 'before_send_failed';
  }
}

async function withTimeout<T>(work: T | Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('beforeSend took too long')), timeoutMs);
    timer.unref();
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
