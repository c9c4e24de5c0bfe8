/**
 * Writes `docs/data-collected.md` from the catalogue and the wire format: what an app with the Stories catalogue
 * collects, event by event. `node scripts/data-collected.ts` writes it, a test fails where page and code differ.
 */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { Catalogue, PropertyDefinition } from '../lib/record/catalogue.ts';
import { storiesCatalogue } from '../lib/record/index.ts';

export const DATA_COLLECTED_PAGE = join(dirname(import.meta.dirname), 'docs', 'data-collected.md');

export function describeCollectedData(catalogue: Catalogue): string {
  const events = Object.entries(catalogue).map(([event, { purpose, properties }]) => {
    const rows = Object.entries(properties).map(
      ([name, definition]) =>
        `| \`${name}\` | ${describeType(definition)} | ${definition.required ? 'yes' : 'no'} | \`${example(definition, name)}\` |`,
    );
    return `### \`${event}\`

${purpose}

| property | values | always there | example |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
  });
  return `<!-- Written by scripts/data-collected.ts: change the catalogue, then run it. -->
# What is collected

Every usage event that the Stories app can send, from its catalogue. Nothing else passes: an event that is not
listed is dropped, a property that is not listed is taken out, on the computer already and again on the server.

An app with a catalogue of its own gets the same page from [adding-events](adding-events.md).

## With every event

| field | what it is | example |
| --- | --- | --- |
| \`event_id\` | random, made for this record alone | \`0197a1b2-6f0e-7b8e-9d4b-0c3f4f3b9a11\` |
| \`user_id\` | random, made at the first start on this computer; a new one after "Delete my data" | \`5f0c1a52-6f0e-4b8e-9d4b-0c3f4f3b9a11\` |
| \`session_id\` | random, made for a stretch of use | \`8a1f6f6e-2c61-4a55-a0a1-0c1f4f3b9a22\` |
| \`timestamp\` | the moment, UTC | \`2026-06-01T10:00:00.000Z\` |
| \`app_version\` | of the app | \`1.4.0\` |
| \`platform\` | operating system and its version | \`macOS 15.1\` |
| \`country\` | from the time zone that is set, never from an address | \`ES\` |
| \`environment\` | \`production\` or \`development\` | \`production\` |

A crash report has the same fields, and: what kind of failure it was, the error's message and stack, and the
circumstances (which process, its memory, how long it ran, the last steps before). Names, paths, addresses and keys
are taken out of these texts first.

## Events

${events.join('\n')}`;
}

function describeType(definition: PropertyDefinition): string {
  switch (definition.type) {
    case 'enum':
      return `one of ${definition.values.map((value) => `\`${value}\``).join(', ')}`;
    case 'boolean':
      return 'yes or no';
    case 'string':
      return `text of at most ${definition.maxLength ?? 200} characters`;
    default: {
      const { type, min, max } = definition;
      const bounds = [min !== undefined && `from ${min}`, max !== undefined && `to ${max}`].filter(Boolean);
      return [type === 'integer' ? 'whole number' : 'number', ...bounds].join(' ');
    }
  }
}

function example(definition: PropertyDefinition, name: string): string {
  switch (definition.type) {
    case 'enum':
      return definition.values[0] ?? '';
    case 'boolean':
      return 'true';
    case 'string':
      return 'text';
    case 'integer':
      return String(Math.max(definition.min ?? 0, 3));
    default:
      return name.endsWith('_usd') ? '0.012' : '2.5';
  }
}

if (import.meta.main) writeFileSync(DATA_COLLECTED_PAGE, describeCollectedData(storiesCatalogue));
