/** Makes records: checked, scrubbed, and stamped with what every record carries. */
import { hostname, userInfo } from 'node:os';

import type { Country } from './country.ts';
import { createEventIds } from './event-id.ts';
import type { CrashInput } from './handle.ts';
import type { Identity } from './identity.ts';
import type { Settings } from './options.ts';
import { boundCrash } from './record/bound-crash.ts';
import { compileCatalogue, type EventCheck } from './record/catalogue.ts';
import type { CrashContext, CrashRecord } from './record/crash.ts';
import type { EventRecord, Properties } from './record/event.ts';
import { redactProperties, type RedactOptions } from './record/redact.ts';
import type { Session } from './session.ts';

export interface Recorder {
  /** Checks name and properties against the catalogue. */
  check(name: string, properties: unknown): EventCheck;
  /** A checked event, as it will travel. */
  event(name: string, properties: Properties): EventRecord;
  /** A crash, scrubbed and cut, as it will travel. `moment`: what is known of the process now. */
  crash(input: CrashInput, moment: CrashContext): CrashRecord;
}

export interface RecorderOptions {
  settings: Pick<Settings, 'catalogue' | 'appVersion' | 'platform' | 'osVersion' | 'environment'>;
  identity: Pick<Identity, 'userId'>;
  session: Session;
  country: Country;
  /** Roots of the app's own files. */
  appRoots: readonly string[];
}

export function createRecorder(options: RecorderOptions): Recorder {
  const { settings, identity, session, country, appRoots } = options;
  const { catalogue, appVersion, platform, osVersion, environment } = settings;
  const compiled = compileCatalogue(catalogue);
  const newEventId = createEventIds();
  const redaction: RedactOptions = { appRoots, privateWords: privateWords() };

  /** Only free strings: what an enum allows is known, and a match there would make the event invalid. */
  const freeProperties = new Map(
    Object.entries(catalogue).map(([name, { properties }]) => [
      name,
      Object.keys(properties).filter((key) => properties[key]!.type === 'string'),
    ]),
  );

  function scrub(name: string, properties: Properties): Properties {
    const free = freeProperties.get(name)!.filter((key) => Object.hasOwn(properties, key));
    if (free.length === 0) return properties;
    const texts = Object.fromEntries(free.map((key) => [key, properties[key]!]));
    return { ...properties, ...redactProperties(texts, redaction) };
  }

  return {
    check: (name, properties) => compiled.check(name, properties),
    event: (name, properties) => ({
      event_id: newEventId(),
      user_id: identity.userId,
      session_id: session.touch(),
      timestamp: new Date().toISOString(),
      event: name,
      properties: scrub(name, properties),
      app_version: appVersion,
      platform,
      country: country.current(),
      environment,
    }),
    crash: (input, moment) => {
      const current = session.touch();
      return boundCrash(
        {
          event_id: newEventId(),
          user_id: identity.userId,
          session_id: input.sessionId === undefined ? current : input.sessionId,
          timestamp: (input.at ?? new Date()).toISOString(),
          crash_type: input.crash_type,
          error_message: input.error_message,
          stack_trace: input.stack_trace ?? null,
          context: { ...moment, ...input.context },
          app_version: input.appVersion ?? appVersion,
          os_version: osVersion,
          platform,
          country: country.current(),
          environment,
        },
        redaction,
      );
    },
  };
}

/** Names that only this machine knows to be private. */
function privateWords(): string[] {
  try {
    return [userInfo().username, hostname()];
  } catch {
    return []; // an account without a name
  }
}
