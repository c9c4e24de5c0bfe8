/**
 * The wiring, in reading order: options, queue, identity, consent, recorder, transport, sender, handle.
 * docs/architecture.md follows one event through it.
 */
import { openConsent, type ConsentState } from './consent.ts';
import { fixedCountry, rememberCountry } from './country.ts';
import { createBreadcrumbs } from './crash/breadcrumbs.ts';
import { chooseTransport } from './delivery/choose-transport.ts';
import { createLazySender } from './delivery/lazy-sender.ts';
import { createLazyUserData } from './delivery/lazy-user-data.ts';
import type { Host, TelemetryCore, TelemetryOptions } from './handle.ts';
import { openIdentity } from './identity.ts';
import { createNotifier } from './notify.ts';
import { resolveOptions } from './options.ts';
import { noteLastSent, pendingReport } from './pending-report.ts';
import { openQueue } from './queue/queue.ts';
import type { RecordKind } from './record/batch.ts';
import type { Catalogue } from './record/catalogue.ts';
import { describeError } from './record/describe-error.ts';
import { createRecorder } from './recorder.ts';
import { createRecording } from './recording.ts';
import { createSession } from './session.ts';
import { reasonOf } from './warn.ts';

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

  const queue = openQueue({ ...settings });
  const session = createSession();
  const identity = openIdentity({
    dataDir,
    queue,
    warn,
    onChange() {
      session.renew();
      notifier.changed();
    },
  });
  const country = settings.country === undefined ? rememberCountry(queue) : fixedCountry(settings.country);
  const breadcrumbs = host.breadcrumbs ?? createBreadcrumbs();
  const recorder = createRecorder({ settings, identity, session, country, appRoots: host.appRoots ?? [] });

  const { transport, present, server } = chooseTransport({ ...settings, fetch: host.fetch });
  if (!present) warn('no_endpoint', 'no endpoint is set: records are kept, and not sent.');
  const consent = openConsent({ ...settings, mode: settings.consent, onChange: (state) => obey(state) });
  const sender = createLazySender({
    ...settings,
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
    paused: host.safeMode ?? false,
    beforeSendTimeoutMs: settings.requestTimeoutMs,
    onRound() {
      country.refresh();
      userData.retryErasures();
    },
    onSettled(sent) {
      if (sent > 0) noteLastSent(queue, sent);
      notifier.changed();
    },
  });
  const userData = createLazyUserData({
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

  /** What consent forbids stops and goes, at once. Unknown consent stops, and deletes nothing. */
  function obey({ usage, crashes }: ConsentState): void {
    if (closed) return;
    if (usage !== 'on') sender.abort('event');
    if (crashes !== 'on') sender.abort('crash');
    if (usage === 'off') deleteWaiting('event');
    if (crashes === 'off') deleteWaiting('crash');
    notifier.changed();
  }

  function deleteWaiting(kind: RecordKind): void {
    queue.purge(kind);
    if (kind === 'event') breadcrumbs.forgetEvents();
    const purged = Promise.resolve().then(() => transport.purge?.(kind === 'event' ? 'events' : 'crashes'));
    purged.catch((error: unknown) => {
      warn('purge_failed', `what the transport keeps could not be deleted: ${reasonOf(error)}`);
    });
  }

  async function attempt(end: () => void | Promise<void>): Promise<void> {
    try {
      await end();
    } catch (error) {
      warn('close_failed', `something could not be closed: ${reasonOf(error)}`);
    }
  }

  const recording = createRecording({
    ...settings,
    queue,
    consent,
    recorder,
    breadcrumbs,
    isClosed: () => closed,
    onRecorded() {
      sender.recordAdded();
      notifier.changed();
    },
  });

  return {
    track: (name, ...[properties]) => recording.event(name, properties, true),
    trackUnchecked: (name, properties) => recording.event(name, properties, false),
    captureException: (error, context) =>
      recording.crash(
        () => ({ crash_type: 'handled_error', ...describeError(error), ...(context && { context }) }),
        true,
      ),
    captureCrash: (crash) => recording.crash(() => crash, false),
    addBreadcrumb: recording.breadcrumb,
    countDropped: recording.countDropped,

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
    pending: () => pendingReport(queue, [...identity.problems(), ...consent.problems()]),
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
      if (closed) return { pending: true };
      for (const kind of ['event', 'crash'] as const) sender.abort(kind);
      identity.renew();
      session.renew();
      for (const kind of ['event', 'crash'] as const) deleteWaiting(kind);
      breadcrumbs.forgetAll();
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
    onClose(cleanup) {
      if (closed) cleanup();
      else cleanups.push(cleanup);
    },
    async close() {
      if (closed) return;
      closed = true;
      for (const cleanup of cleanups) void attempt(cleanup);
      for (const part of [sender, userData, consent, identity, notifier, queue])
        void attempt(() => part.close());
      await attempt(() => transport.close?.());
    },
    dataDir,
    appVersion: settings.appVersion,
    strict,
  };
}
