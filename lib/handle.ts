/** What `startTelemetry` takes and gives: the public face of the library, without behaviour. */
import type { Breadcrumbs } from './crash/breadcrumbs.ts';
import type { Transport } from './delivery/transport.ts';
import type { DroppedTotals, TelemetryRecord } from './record/batch.ts';
import type { Catalogue, EventName, TrackArguments } from './record/catalogue.ts';
import type { CrashContext, CrashType } from './record/crash.ts';
import type { Environment } from './record/environment.ts';
import type { StoriesCatalogue } from './record/stories-catalogue.ts';

/**
 * Sync or async last look at a record before each try to send it; null drops it, which is counted. Ids stay what they
 * were. One that throws, takes longer than `requestTimeoutMs` or returns no valid record drops it too.
 */
export type BeforeSend = (
  record: TelemetryRecord,
) => TelemetryRecord | null | Promise<TelemetryRecord | null>;

export interface TelemetryOptions<C extends Catalogue = StoriesCatalogue> {
  /** Origin (and path prefix) of the server. Without it, and without `transport`, records stay queued. */
  endpoint?: string;
  /** Public write key, not a secret. Default: none. */
  ingestKey?: string;
  /** Default: `storiesCatalogue`. */
  catalogue?: C;
  /** Folder of the queue. Default in Electron: `userData/telemetry`; in Node it must be given. */
  dataDir?: string;
  /** The app's own config.json. Default in Electron: `userData/config.json`; in Node: `dataDir/config.json`. */
  configPath?: string;
  /** At most 20 characters, cut with a warning. Default in Electron: `app.getVersion()`; in Node: '0.0.0'. */
  appVersion?: string;
  /** Such as `macOS 15.1`. Default: asked of the operating system. */
  platform?: string;
  /** Default: the same as `platform`. */
  osVersion?: string;
  /** ISO 3166-1 alpha-2, or null to send none. Default: from the IANA time zone. */
  country?: string | null;
  /** Default: `development` unless the app is packaged; in Node `production`. */
  environment?: Environment;
  /** Milliseconds, ≥ 100. Default 30,000. */
  flushIntervalMs?: number;
  /** Waiting records that trigger a send, ≥ 1. Default 10. */
  flushAt?: number;
  /** ≥ 1. Default 10,000. */
  maxRecords?: number;
  /** Bytes of the waiting records, ≥ 65,536. Default 20 MiB. */
  maxBytes?: number;
  /** Days, ≥ 1. Default 30. */
  maxAgeDays?: number;
  /** Milliseconds without progress after which a request is given up, ≥ 100. Default 30,000. */
  requestTimeoutMs?: number;
  /** Default: `httpTransport({ endpoint, ingestKey })`. */
  transport?: Transport;
  beforeSend?: BeforeSend;
  /** Hold usage events back until the first-run notice was shown. Default false. */
  requireNotice?: boolean;
  /** `opt-in`: nothing is recorded before a yes. Default `opt-out`. */
  consent?: 'opt-out' | 'opt-in';
  /** Throw `RoostError` from recording calls instead of counting and logging. Default false. */
  strict?: boolean;
  /** Called once when three runs in a row crashed within 5 s of their start. */
  onCrashLoop?: () => void;
  /** Where warnings go, each kind once. Default: `console.warn`. */
  logger?: (message: string) => void;
}

/** What waits, what was lost and why, and how the queue fares. */
export interface PendingReport {
  events: number;
  crashes: number;
  /** Bytes of the waiting records as they will travel, before compression. */
  bytes: number;
  /** Moment of capture of the oldest waiting record. */
  oldest: Date | null;
  /** Totals by reason since the install was made. */
  dropped: DroppedTotals;
  health: QueueHealth;
  /** What the server answered for last, for the settings panel. */
  lastSent: { at: Date; records: number } | null;
}

export interface QueueHealth {
  /** Where records rest. `memory`: they are lost when the process ends. */
  storage: 'better-sqlite3' | 'node:sqlite' | 'memory';
  /** True while the durability promise holds. */
  durable: boolean;
  /** One sentence a problem, empty when all is well. */
  problems: string[];
}

export interface FlushReport {
  /** Accepted and duplicates. */
  sent: number;
  rejected: number;
  remaining: number;
}

export interface MyData {
  user_id: string;
  queued: TelemetryRecord[];
  /** Null when the server could not be reached. */
  server: { user_id: string; events: unknown[]; crashes: unknown[] } | null;
}

export type ForgetReport = { deleted: { events: number; crashes: number } } | { pending: true };

/** The handle: everything an app does with Roost. No method waits for the network unless it returns a promise. */
export interface Telemetry<C extends Catalogue = StoriesCatalogue> {
  /** Records an event; on return it is in the SQLite file. Never throws unless `strict`. */
  track<N extends EventName<C>>(name: N, ...properties: TrackArguments<C, N>): void;
  /** Records a `handled_error`. `context` is scrubbed JSON. Never throws unless `strict`. */
  captureException(error: unknown, context?: CrashContext): void;
  /** Remembers what happened last, for crash reports: at most 50, 200 characters each. */
  addBreadcrumb(message: string): void;
  /** Usage telemetry on or off, at once; kept in config.json. */
  setEnabled(enabled: boolean): void;
  isEnabled(): boolean;
  /** Crash reports on or off, at once; kept in config.json. */
  setCrashReportsEnabled(enabled: boolean): void;
  areCrashReportsEnabled(): boolean;
  /** Records in config.json that the first-run notice was shown. */
  noticeShown(): void;
  readonly userId: string;
  readonly sessionId: string;
  pending(): PendingReport;
  /** The next `limit` records (default 20) exactly as they will travel, but for `beforeSend`, in order of sending. */
  peek(limit?: number): TelemetryRecord[];
  /** Sends what waits. Resolves, never rejects, offline too. */
  flush(): Promise<FlushReport>;
  exportMyData(): Promise<MyData>;
  forgetMe(): Promise<ForgetReport>;
  /** Stops. Sends nothing; what is queued stays. */
  close(): Promise<void>;
}

/** An uncaught failure, as the hooks hand it in. Texts are raw: scrubbing and cutting happen inside. */
export interface CrashInput {
  crash_type: CrashType;
  error_message: string;
  stack_trace?: string | null;
  context?: CrashContext;
  /** Moment of the failure where it is not now (a minidump of the last run). */
  at?: Date;
  /** Default: the current session. */
  sessionId?: string | null;
  /** Default: the running app's. */
  appVersion?: string;
}

/** The handle as Roost's own parts see it (IPC, hooks): untyped names, and news of changes. */
export interface TelemetryCore<C extends Catalogue = Catalogue> extends Telemetry<C> {
  /** `track` for names and properties that come from outside, such as IPC. Never throws. */
  trackUnchecked(name: unknown, properties: unknown): void;
  /** Records an uncaught failure; on return it is safe on disk (`synchronous = FULL`). Never throws. */
  captureCrash(crash: CrashInput): void;
  /** Counts a loss by reason, for what is refused before it becomes a record (flooding IPC). */
  countDropped(reason: string, count?: number): void;
  /** Calls back after consent or the queue's counts changed (at most every 100 ms). Returns the way to stop. */
  onChange(listener: () => void): () => void;
  /** The state of both flags and the notice; `known` is false while config.json cannot be read. */
  consentState(): {
    usage: boolean;
    crashes: boolean;
    noticeShown: boolean;
    noticeRequired: boolean;
    known: boolean;
    mode: 'opt-out' | 'opt-in';
  };
  /** Wakes the sender: the network is back, or the machine woke up. */
  wake(): void;
  /** Runs when the handle is closed, before the queue is: hooks and listeners end there. */
  onClose(cleanup: () => void): void;
  /** True while an erasure waits for the server. */
  erasurePending(): boolean;
  readonly dataDir: string;
  readonly appVersion: string;
  readonly strict: boolean;
}

/** What the surroundings give where plain Node cannot know: Electron's paths, network and version. */
export interface Host {
  dataDir?: string;
  configPath?: string;
  appVersion?: string;
  environment?: Environment;
  /** `net.fetch` with its own partition in Electron; default: Node's own HTTP client. Asked for at the first send. */
  fetch?: () => Promise<typeof globalThis.fetch>;
  /** False while certainly offline. Default: always true. */
  isOnline?: () => boolean;
  /** Roots of the app's own files: stack frames below them become `app://…`. */
  appRoots?: string[];
  /** Start in safe mode: no replay, nothing sent, until `flush()` is called. */
  safeMode?: boolean;
  /** The steps that a crash report tells, where the host keeps them (Electron keeps them on disk too). Default: new ones. */
  breadcrumbs?: Breadcrumbs;
}
