#!/usr/bin/env node
/** The command `roost`. */
import { parseArgs } from 'node:util';

import { inspect } from './cli/inspect.ts';

const USAGE = `Usage: roost inspect QUEUE.db [--json] [--dead]

Shows what waits in a queue: kind, name, age, tries, next try, size. Safe while the app runs.

  QUEUE.db  the file, or the folder it lies in
  --json    one JSON document, with the records themselves
  --dead    the records that the server refused, instead of those that wait`;

function main(): void {
  let parsed;
  try {
    parsed = parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        dead: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    return fail(`${messageOf(error)}\n\n${USAGE}`, 2);
  }
  const { values, positionals } = parsed;
  const [command, path, ...others] = positionals;
  if (values.help) return print(USAGE);
  if (command !== 'inspect' || path === undefined || others.length > 0) return fail(USAGE, 2);
  try {
    print(inspect({ path, json: values.json ?? false, dead: values.dead ?? false, now: Date.now() }));
  } catch (error) {
    fail(`roost: ${messageOf(error)}`, 1);
  }
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

main();
