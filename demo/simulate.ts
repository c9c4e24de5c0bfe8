/** `npm run simulate`: a made population through the real HTTP API, so that the dashboard has something to show. */
import { randomInt } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';

import progress from 'cli-progress';

import { makePopulation } from './simulate/population.ts';
import { sendAll, SimulationError } from './simulate/sender.ts';
import type { SessionRecords } from './simulate/session.ts';

const HELP = `npm run simulate -- [options]

  --users N       installs to make (500)
  --days N        days up to now, at most 365 (90)
  --seed N        the same seed and --until make the same records again (random)
  --until TIME    the last moment, such as 2026-06-30T12:00:00Z (now)
  --endpoint URL  the server (http://127.0.0.1:8787)
  --key KEY       its ingest key (none)
`;

interface Settings {
  users: number;
  days: number;
  seed: number;
  until: number;
  endpoint: string;
  ingestKey?: string;
}

function readSettings(args: string[]): Settings | 'help' {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args,
    options: {
      users: text,
      days: text,
      seed: text,
      until: text,
      endpoint: text,
      key: text,
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return 'help';
  const endpoint = (values.endpoint ?? 'http://127.0.0.1:8787').replace(/\/+$/, '');
  if (!URL.canParse(endpoint)) throw new SimulationError(`--endpoint: not an address: ${endpoint}`);
  const until = values.until === undefined ? Date.now() : Date.parse(values.until);
  if (Number.isNaN(until)) throw new SimulationError(`--until: not a time: ${values.until}`);
  return {
    users: wholeNumber('users', values.users ?? '500', 1, 1_000_000),
    days: wholeNumber('days', values.days ?? '90', 1, 365),
    seed: wholeNumber('seed', values.seed ?? String(randomInt(2 ** 31)), 0, 2 ** 31 - 1),
    until,
    endpoint,
    ...(values.key ? { ingestKey: values.key } : {}),
  };
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new SimulationError(`--${name}: expected a whole number from ${least} to ${most}, not "${text}"`);
}

async function checkServer(endpoint: string): Promise<void> {
  const answer = await fetch(`${endpoint}/health`).catch(() => undefined);
  if (answer?.ok) return;
  const what = answer ? `answered ${answer.status}` : 'does not answer';
  throw new SimulationError(
    `${endpoint} ${what}. Start a server with "npm start", or name one with --endpoint.`,
  );
}

/** Passes the days on and tells of each when it is taken. */
function* counted(
  days: Iterable<SessionRecords>,
  onDay: (records: number) => void,
): Generator<SessionRecords> {
  for (const day of days) {
    onDay(day.events.length + day.crashes.length);
    yield day;
  }
}

async function simulate(settings: Settings, signal: AbortSignal): Promise<number> {
  await checkServer(settings.endpoint);
  console.log(
    `Simulating ${settings.users} installs over ${settings.days} days against ${settings.endpoint} (seed ${settings.seed}).`,
  );
  const bar = new progress.SingleBar({
    format: '{bar} {percentage} % of the days · {sent} records sent · {rate} a second {note}',
    noTTYOutput: true,
    notTTYSchedule: 2000,
    hideCursor: true,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    stream: process.stdout,
  });
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  let sent = 0;
  const figures = (note = ''): Record<string, string> => ({
    sent: sent.toLocaleString('en'),
    rate: Math.round(sent / Math.max(seconds(), 0.001)).toLocaleString('en'),
    note,
  });
  bar.start(settings.days, 0, figures());
  try {
    const days = counted(makePopulation(settings), () => bar.increment(1, figures()));
    const { accepted, duplicates, rejected } = await sendAll(days, {
      endpoint: settings.endpoint,
      signal,
      ...(settings.ingestKey ? { ingestKey: settings.ingestKey } : {}),
      onSettled(records) {
        sent += records;
        bar.update(figures());
      },
      onWait: (reason) => bar.update(figures(`· waiting: ${reason}`)),
    });
    bar.stop();
    const rate = Math.round(sent / seconds());
    console.log(
      `${accepted.toLocaleString('en')} stored, ${duplicates.toLocaleString('en')} known already, ${rejected.toLocaleString('en')} rejected, in ${seconds().toFixed(1)} s (${rate.toLocaleString('en')} a second).`,
    );
    console.log(`Look at them: ${settings.endpoint}/dashboard`);
    return rejected > 0 ? 1 : 0;
  } finally {
    bar.stop();
  }
}

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort(new SimulationError('Stopped. What was sent is stored.')));

try {
  const settings = readSettings(process.argv.slice(2));
  if (settings === 'help') console.log(HELP);
  else process.exitCode = await simulate(settings, interrupted.signal);
} catch (error) {
  const known =
    error instanceof SimulationError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  console.error(known ? (error as Error).message : error);
  process.exitCode = 1;
}
