/** Every operation of the API: what it is for, who may use it, what it takes. A test compares it with the routes. */
import type { ShapeName } from './schemas.ts';

export interface Operation {
  summary: string;
  access: 'everybody' | 'ingest' | 'admin';
  /** Shapes of the body; any of them. */
  body?: readonly ShapeName[];
  /** Shape of the 200; without one: `type`, or JSON that the documents describe. */
  answer?: ShapeName;
  /** Media type of an answer that is no JSON. */
  type?: string;
  /** Query parameters, by name. */
  query?: Readonly<Record<string, string>>;
  /** Error statuses beside 401 (and 429, 503, 500, which all may answer). */
  errors?: readonly number[];
}

const RANGE = {
  from: 'First day, YYYY-MM-DD; default: `to` - 29 days',
  to: 'Last day, included; default: today',
  app_version: 'Versions to keep, separated by commas',
  platform: 'Platforms to keep',
  country: 'Countries to keep, ISO 3166-1 alpha-2',
  environment: 'Environments to keep; default: production; all: every one',
};
const figures = (
  summary: string,
  more: Operation['query'] = {},
  errors: readonly number[] = [],
): Operation => ({
  summary,
  access: 'admin',
  query: { ...RANGE, ...more },
  errors: [400, ...errors],
});

const csv = (summary: string): Operation => ({
  summary,
  access: 'admin',
  type: 'text/csv',
  query: RANGE,
  errors: [400],
});

const INGEST_ERRORS = [400, 413, 415];

export const OPERATIONS: Readonly<Record<string, Operation>> = {
  'POST /track': {
    summary: 'Store events: a batch, or one alone',
    access: 'ingest',
    body: ['TrackBody', 'Event'],
    answer: 'Verdict',
    errors: INGEST_ERRORS,
  },
  'POST /crash': {
    summary: 'Store crashes: a batch, or one alone',
    access: 'ingest',
    body: ['CrashBody', 'Crash'],
    answer: 'Verdict',
    errors: INGEST_ERRORS,
  },
  'GET /users/{user_id}/data': {
    summary: 'Everything that is stored about a user; the id is the secret',
    access: 'ingest',
    answer: 'UserData',
    errors: [404],
  },
  'DELETE /users/{user_id}': {
    summary: 'Erase a user for good',
    access: 'ingest',
    answer: 'Erasure',
    errors: [404],
  },
  'GET /health': {
    summary: 'Whether the server and its database work',
    access: 'everybody',
    answer: 'Health',
  },
  'GET /openapi.json': { summary: 'This document', access: 'everybody' },
  'GET /metrics': { summary: 'Figures for Prometheus', access: 'admin', type: 'text/plain' },
  'GET /dashboard': { summary: 'The dashboard', access: 'admin', type: 'text/html' },
  'GET /stats': figures('Growth, usage, adoption, quality, stability and business figures'),
  'GET /stats/funnel': figures('How many users go through steps in order', {
    steps: 'Event names in order, 2 to 10, separated by commas',
    window_days: 'Days from the first step to the last, 1 to 90; default 7',
  }),
  'GET /stats/cohorts': figures('Users by the week of their first day, and in which weeks they came back'),
  'GET /stats/events': figures('Every event with its count and users'),
  'GET /stats/events/{name}': figures(
    'One event over time, and one of its properties',
    { interval: 'day (default) or week', property: 'A property of the catalogue' },
    [404],
  ),
  'GET /stats/recent': figures('The last 100 records, without user and session ids', {
    after: 'Only what was stored after this moment',
  }),
  'GET /stats/crash-groups': figures('Crashes by their fault', {
    crash_type: 'Only this type',
    module: 'Only crashes with a frame in this native module, by its file name',
  }),
  'GET /stats/crash-modules': figures('Native modules that crashes went through'),
  'GET /export/events.csv': csv('Events as a file, users as a hash'),
  'GET /export/crashes.csv': csv('Crashes as a file, users as a hash'),
  'GET /export/daily.csv': csv('The figures of each day as a file'),
  'PATCH /stats/crash-groups/{fingerprint}': {
    summary: 'Decide about a group: { "status": "open" | "resolved" | "ignored" }',
    access: 'admin',
    errors: [400, 404, 415],
  },
  'GET /stats/crash-groups/{fingerprint}/crashes': figures(
    'The latest crashes of a group, with stack and context',
  ),
  'GET /stats/daily': figures('The figures of each day'),
  'GET /stats/releases': figures('Adoption and stability of each version'),
  'GET /stats/filters': { summary: 'The values that filters can have', access: 'admin' },
  'GET /stats/catalogue': { summary: 'The events that are accepted', access: 'admin' },
  'GET /dashboard/report': { summary: 'The last weekly report', access: 'admin', type: 'text/html' },
  'GET /system/delivery': { summary: 'What arrived, what was refused, what clients lost', access: 'admin' },
  'GET /system/storage': { summary: 'Sizes, rows, growth', access: 'admin' },
  'GET /system/settings': { summary: 'The settings in use, secrets masked', access: 'admin' },
  'POST /system/test-event': { summary: 'Send one event through the whole server', access: 'admin' },
  'GET /system/alerts': { summary: 'What was told lately, and what is still so', access: 'admin' },
  'POST /system/alerts/test': { summary: 'Send a test alert', access: 'admin' },
};
