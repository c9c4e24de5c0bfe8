/** An event of the catalogue with the least properties it takes, to try the way from here to the figures. */
import { randomUUID } from 'node:crypto';

import type { Catalogue, PropertyDefinition } from '../lib/record/catalogue.ts';
import type { EventRecord } from '../lib/record/event.ts';

/** Of environment `development`, so that it is in no figure of production. */
export function makeTestEvent(catalogue: Catalogue, now: number): EventRecord {
  const [name, { properties }] = Object.entries(catalogue)[0]!;
  const required = Object.entries(properties).filter(([, definition]) => definition.required);
  return {
    event_id: randomUUID(),
    user_id: randomUUID(),
    session_id: randomUUID(),
    timestamp: new Date(now).toISOString(),
    event: name,
    properties: Object.fromEntries(
      required.map(([property, definition]) => [property, leastValue(definition)]),
    ),
    app_version: 'test',
    platform: 'Roost dashboard',
    country: null,
    environment: 'development',
  };
}

function leastValue(definition: PropertyDefinition): string | number | boolean {
  switch (definition.type) {
    case 'number':
    case 'integer':
      return definition.min ?? Math.min(0, definition.max ?? 0);
    case 'boolean':
      return true;
    case 'enum':
      return definition.values[0]!;
    case 'string':
      return 'test';
  }
}
