/**
 * The wiring, in reading order: options, queue, identity, consent, recorder, transport, sender, handle.
 * docs/architecture.md follows one event through it.
 */
import { createBreadcrumbs } from './crash/breadcrumbs.ts';
import { describeMoment } from './crash/crash-context.ts';
import { openConsent, type ConsentState } from './consent.ts';
import { chooseTransport } from './delivery/choose-transport.ts';
import { Sender } from './delivery/sender.ts';
import { UserDataRequests } from './delivery/user-data.ts';
import type { CrashInput, Host, PendingReport, TelemetryCore, TelemetryOptions } from './handle.ts';
import { openIdentity } from './identity.ts';
import { createNotifier } from './notify.ts';
import { resolveOptions } from './options.ts';
import { openQueue } from './queue/queue.ts';
import type { RecordKind } from './record/batch.ts';
import type { Catalogue } from './record/catalogue.ts';
import { describeError } from './record/describe-error.ts';
import { RoostError, type RoostErrorCode } from './record/errors.ts';
import { createRecorder } from './recorder.ts';
import { createSession } from './session.ts';
import { reasonOf } from './warn.ts';

const LAST_SENT = 'last_sent';

/** Throws `RoostError` `invalid_option`. */
export function createTelemetry<C extends Catalogue>(
  options: TelemetryOptions<C>,
  host: Host,
): TelemetryCore<C> {
  const settings = resolveOptions(options, host);
  const { dataDir, warn, strict, requireNotice } = settings;
  const notifier = createNotifier();
  const cleanups: (() => void)[] = [];
  let closed = false;

  const queue = openQueue({
    dataDir,
    maxRecords: settings.maxRecords,
    maxBytes: settings.maxBytes,
    maxAgeDays: settings.maxAgeDays,
    warn,
  });
  const identity = openIdentity({ dataDir, queue, warn, onChange: notifier.changed });
  const session = createSession();
  const breadcrumbs = host.breadcrumbs ?? createBreadcrumbs();
  const recorder = createRecorder(settings, identity, session, host.appRoots ?? []);

  const { transport, present, server } = chooseTransport({ ...settings, fetch: host.fetch });
  if (!present) warn('no_endpoint', 'no endpoint is set: records are kept, and not sent.');
  const consent = openConsent({
    configPath: settings.configPath,
    dataDir,
    mode: settings.consent,
    warn,
    onChange: (state) => obey(state),
  });
  const sender = new Sender({
    queue,
    transport,
    userId: () => identity.userId,
    maySend(kind) {
      consent.refresh();
      const { usage, crashes, noticeShown } = consent.state();
      if (kind === 'crash') return crashes === 'on';
      return usage === 'on' && (noticeShown || !requireNotice);
    },
    isOnline: () => present && (host.isOnline?.() ?? true),
    flushIntervalMs: settings.flushIntervalMs,
    flushAt: settings.flushAt,
    paused: host.safeMode ?? false,
    beforeSend: settings.beforeSend,
    beforeSendTimeoutMs: settings.requestTimeoutMs,
    warn,
    onRound: () => userData.retryErasures(),
    onSettled(records) {
      if (records > 0) queue.setState(LAST_SENT, { at: Date.now(), records });
      notifier.changed();
    },
  });
  const userData = new UserDataRequests({
    transport: server,
    queue,
    toErase: () => identity.toErase,
    onErased(userId) {
      identity.erased(userId);
      notifier.changed();
    },
    warn,
  });
  obey(consent.state());

  /** What the consent forbids stops and goes, at once. Unknown consent stops, and deletes nothing. */
  function obey({ usage, crashes }: ConsentState): void {
    if (usage !== 'on') sender.abort('event');
    if (crashes !== 'on') sender.abort('crash');
    if (usage === 'off') deleteWaiting('event');
    if (crashes === 'off') deleteWaiting('crash');
    if (usage === 'on' || crashes === 'on') sender.look();
    notifier.changed();
  }

  function deleteWaiting(kind: RecordKind): void {
    queue.purge(kind);
    if (kind === 'event') breadcrumbs.forgetEvents();
    transport.purge?.(kind === 'event' ? 'events' : 'crashes').catch((error: unknown) => {
      warn('purge_failed', `what the transport keeps could not be deleted: ${reasonOf(error)}`);
    });
  }

  /** Counts and says that a record is lost; throws where the app asked to be told so. */
  function refuse(code: RoostErrorCode, message: string, mayThrow: boolean): void {
    if (!closed) queue.countDropped(code);
    warn(`${code}:${message}`, `${message} (${code}); such records are dropped.`);
    if (strict && mayThrow) throw new RoostError(code, message);
  }

  function record(name: unknown, properties: unknown, mayThrow: boolean): void {
    if (closed) return refuse('closed', 'the handle is closed', mayThrow);
    if (consent.state().usage !== 'on') return;
    const checked = recorder.check(name, properties);
    if (!checked.ok) return refuse(checked.code, checked.message, mayThrow);
    if (checked.stripped > 0) {
      queue.countDropped('unknown_property', checked.stripped);
      warn(`unknown_property:${name}`, `${name}: properties that the catalogue does not know are left out.`);
    }
    queue.add('event', recorder.event(name as string, checked.properties));
    breadcrumbs.add(name as string, { event: true });
    sender.recordAdded();
    notifier.changed();
  }

  function recordCrash(input: CrashInput, mayThrow: boolean): void {
    if (closed) return refuse('closed', 'the handle is closed', mayThrow);
    if (consent.state().crashes !== 'on') return;
    queue.add('crash', recorder.crash(input, describeMoment(breadcrumbs.list())));
    sender.recordAdded();
    notifier.changed();
  }

  /** Recording calls never throw but for `RoostError` with `strict`. */
  function safely(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (error instanceof RoostError) throw error;
      warn('recording_failed', `a record could not be made: ${reasonOf(error)}`);
    }
  }

  return {
    track: (name, ...[properties]) => safely(() => record(name, properties, true)),
    trackUnchecked: (name, properties) => safely(() => record(name, properties, false)),
    captureException(error, context) {
      safely(() =>
        recordCrash(
          { crash_type: 'handled_error', ...describeError(error), ...(context && { context }) },
          true,
        ),
      );
    },
    captureCrash: (crash) => safely(() => recordCrash(crash, false)),
    addBreadcrumb: (message) => safely(() => breadcrumbs.add(message)),
    countDropped: (reason, count) => safely(() => closed || queue.countDropped(reason, count)),

    setEnabled: (enabled) => consent.set('telemetry_enabled', enabled),
    isEnabled: () => consent.state().usage === 'on',
    setCrashReportsEnabled: (enabled) => consent.set('crash_reports_enabled', enabled),
    areCrashReportsEnabled: () => consent.state().crashes === 'on',
    noticeShown: () => consent.setNoticeShown(),
    consentState() {
      const { usage, crashes, noticeShown } = consent.state();
      return {
        usage: usage === 'on',
        crashes: crashes === 'on',
        noticeShown,
        noticeRequired: requireNotice,
        known: usage !== 'unknown' && crashes !== 'unknown',
        mode: settings.consent,
      };
    },

    get userId() {
      return identity.userId;
    },
    get sessionId() {
      return session.id;
    },
    pending(): PendingReport {
      const { events, crashes, bytes, oldest } = queue.counts();
      const lastSent = queue.getState<{ at: number; records: number }>(LAST_SENT);
      return {
        events,
        crashes,
        bytes,
        oldest: oldest === null ? null : new Date(oldest),
        dropped: queue.droppedTotals(),
        health: {
          storage: queue.storage,
          durable: queue.storage !== 'memory',
          problems: [...queue.problems(), ...identity.problems(), ...consent.problems()],
        },
        lastSent: lastSent && { at: new Date(lastSent.at), records: lastSent.records },
      };
    },
    peek: (limit = 20) => queue.peek(limit),

    async flush() {
      const { sent, rejected } = await sender.flush();
      const { events, crashes } = queue.counts();
      return { sent, rejected, remaining: events + crashes };
    },
    async exportMyData() {
      const { userId } = identity;
      return { user_id: userId, queued: queue.all(), server: await userData.export(userId) };
    },
    async forgetMe() {
      for (const kind of ['event', 'crash'] as const) sender.abort(kind);
      identity.renew();
      session.renew();
      for (const kind of ['event', 'crash'] as const) deleteWaiting(kind);
      notifier.changed();
      const deleted = await userData.erase();
      return deleted ? { deleted } : { pending: true };
    },
    erasurePending: () => identity.toErase.length > 0,

    wake() {
      sender.wake();
      userData.retryErasures();
    },
    onChange: notifier.onChange,
    onClose: (cleanup) => void cleanups.push(cleanup),
    async close() {
      if (closed) return;
      for (const cleanup of cleanups) cleanup();
      closed = true;
      sender.close();
      userData.close();
      consent.close();
      identity.close();
      notifier.close();
      queue.close();
      await transport.close?.().catch((error: unknown) => warn('close_failed', reasonOf(error)));
    },
    dataDir,
    appVersion: settings.appVersion,
    strict,
  };
}
