/** The SDKs that are compared: their programs, what their servers answer, and how their requests are read. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One record in a request. */
export interface Arrival {
  /** Which capture it is. */
  number: number;
  /** What a server can tell a repetition by. Null: the SDK sends nothing of the kind. */
  id: string | null;
}

export interface Peer {
  name: string;
  /** With version. */
  packages: string[];
  /** In programs/. */
  program: string;
  /** Body of a good answer to a request that brought so many records. */
  answer: (records: number) => unknown;
  /** `url`: path and query. */
  read: (body: string, url: string) => Arrival[];
}

const numberIn = (text: string): number => Number(/^capture (\d+)$/.exec(text)?.[1]);
const roostAnswer: Peer['answer'] = (accepted) => ({ accepted, duplicates: 0, stripped: 0, rejected: [] });

export const PEERS: readonly Peer[] = [
  {
    name: 'Roost, events',
    packages: [roost()],
    program: 'roost-events.ts',
    answer: roostAnswer,
    read(body) {
      const { events = [] } = JSON.parse(body) as {
        events?: { event_id: string; properties: { count: number } }[];
      };
      return events.map(({ event_id, properties }) => ({ number: properties.count, id: event_id }));
    },
  },
  {
    name: 'Roost, errors',
    packages: [roost()],
    program: 'roost-errors.ts',
    answer: roostAnswer,
    read(body) {
      const { crashes = [] } = JSON.parse(body) as {
        crashes?: { event_id: string; error_message: string }[];
      };
      return crashes.map(({ event_id, error_message }) => ({
        number: numberIn(error_message),
        id: event_id,
      }));
    },
  },
  {
    name: 'Sentry',
    packages: [installed('@sentry/electron')],
    program: 'sentry.ts',
    answer: () => ({}),
    read(body) {
      // An envelope: a line of JSON as its head, then a head and a payload for each item.
      const lines = body.split('\n');
      return lines.flatMap((line, at) => {
        if (at === 0 || (parse(lines[at - 1] ?? '') as { type?: string } | null)?.type !== 'event') return [];
        const event = parse(line) as { event_id: string; exception: { values: { value: string }[] } };
        return [{ number: numberIn(event.exception.values[0]?.value ?? ''), id: event.event_id }];
      });
    },
  },
  {
    name: 'Bugsnag',
    packages: [installed('@bugsnag/delivery-electron'), installed('@bugsnag/core')],
    program: 'bugsnag.ts',
    answer: () => ({}),
    read(body) {
      const { events } = JSON.parse(body) as { events: { exceptions: { message: string }[] }[] };
      return events.map(({ exceptions }) => ({ number: numberIn(exceptions[0]?.message ?? ''), id: null }));
    },
  },
  {
    name: 'Backtrace',
    packages: [installed('@backtrace/node')],
    program: 'backtrace.ts',
    answer: () => ({ response: 'ok', _rxid: '00000000-0000-0000-0000-000000000000' }),
    read(body) {
      // The report alone, or as the first part of a form with files.
      const number = /"error\.message":"capture (\d+)"/.exec(body)?.[1];
      const id = /"uuid":"([^"]+)"/.exec(body)?.[1] ?? null;
      return number === undefined ? [] : [{ number: Number(number), id }];
    },
  },
  {
    name: 'PostHog',
    packages: [installed('posthog-node')],
    program: 'posthog.ts',
    answer: () => ({ status: 1 }),
    read(body) {
      const { batch = [] } = JSON.parse(body) as { batch?: { uuid: string; properties: { text: string } }[] };
      return batch.map(({ uuid, properties }) => ({ number: numberIn(properties.text), id: uuid }));
    },
  },
  {
    name: 'Aptabase',
    packages: [installed('@aptabase/electron')],
    program: 'aptabase.ts',
    answer: () => ({}),
    read(body) {
      const { props } = JSON.parse(body) as { props: { text: string } };
      return [{ number: numberIn(props.text), id: null }];
    },
  },
  {
    name: 'Countly',
    packages: [installed('countly-sdk-nodejs')],
    program: 'countly.ts',
    answer: () => ({ result: 'Success' }),
    read(body, url) {
      const query = new URLSearchParams(body === '' ? url.slice(url.indexOf('?')) : body);
      const events = JSON.parse(query.get('events') ?? '[]') as {
        key: string;
        id?: string;
        segmentation: { text: string };
      }[];
      return events
        .filter(({ key }) => key === 'captured')
        .map(({ segmentation, id }) => ({ number: numberIn(segmentation.text), id: id ?? null }));
    },
  },
];

function installed(name: string): string {
  return `${name} ${versionIn(join(import.meta.dirname, 'node_modules', name, 'package.json'))}`;
}

function roost(): string {
  return `@roost-telemetry/electron ${versionIn(join(import.meta.dirname, '../../../package.json'))}`;
}

function versionIn(file: string): string {
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
