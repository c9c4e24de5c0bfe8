#!/usr/bin/env node
/** The command `roost`. */
import { parseArgs } from 'node:util';

import { inspect } from './cli/inspect.ts';
import { doctor } from './cli/doctor.ts';

const USAGE = `Usage: roost inspect QUEUE.db [--json] [--dead]
       roost doctor [QUEUE.db] [--endpoint URL] [--key KEY] [--config config.json]

inspect shows what waits in a queue: kind, name, age, tries, next try, size. Safe while the app runs.

  QUEUE.db  the file, or the folder it lies in
  --json    one JSON document, with the records themselves
  --dead    the records that the server refused, instead of those that wait

doctor looks for why records do not arrive, and stores nothing anywhere.

  QUEUE.db    as above: what waits, for how long, what was refused or damaged
  --endpoint  the server's address: whether it answers, and whether the clocks agree
  --key       the ingest key: whether the server takes it
  --config    the app's config.json: whether it can be read, and what it says`;

const OPTIONS = {
  json: { type: 'boolean' },
  dead: { type: 'boolean' },
  endpoint: { type: 'string' },
  key: { type: 'string' },
  config: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

async function main(): Promise<void> {
  let parsed;
  try {
    parsed = parseArgs({ allowPositionals: true, options: OPTIONS });
  } catch (error) {
    return fail(`${messageOf(error)}\n\n${USAGE}`, 2);
  }
  const { values, positionals } = parsed;
  const [command, path, ...others] = positionals;
  if (values.help) return print(USAGE);
  if (others.length > 0) return fail(USAGE, 2);
  try {
    if (command === 'inspect' && path !== undefined) {
      const { json = false, dead = false } = values;
      return print(inspect({ path, json, dead, now: Date.now() }));
    }
    const { endpoint, key, config } = values;
    if (command === 'doctor' && [path, endpoint, config].some((given) => given !== undefined)) {
      const { text, failed } = await doctor({ path, endpoint, key, config, now: Date.now() });
      if (failed) process.exitCode = 1;
      return print(text);
    }
  } catch (error) {
    return fail(`roost: ${messageOf(error)}`, 1);
  }
  fail(USAGE, 2);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function fail(text: string, code: number): void {
  process.stderr.write(`${text}\n`);
  process.exitCode = code;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

await main();
