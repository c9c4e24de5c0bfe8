/** Looks at a catalogue with the eyes of someone who must answer for it: privacy first, then charts. */
import type { Catalogue, PropertyDefinition } from './catalogue.ts';

/** A number without a unit is read wrongly by somebody, sooner or later. */
const UNITS =
  /(^|_)(seconds|milliseconds|ms|minutes|hours|days|bytes|kilobytes|megabytes|percent|ratio|rate|usd|eur|count|total|pixels|fps|hz|celsius)$/;

/** A free text under such a name ends up holding what must not be collected. */
const PERSONAL =
  /(^|_)(e?mail|name|user|account|phone|address|ip|host|hostname|device|serial|location|city|text|transcript|transcription|content|message|title|note|query|search|url|uri|path|file|filename|folder|key|token|secret|password|id)(_|$)/;

/** Enough for a version or a model; a longer text is a text that someone wrote. */
const LONGEST_STRING = 60;

/** One sentence for each property that is doubtful, with what to do about it; empty where nothing is. */
export function reviewCatalogue(catalogue: Catalogue): string[] {
  return Object.entries(catalogue).flatMap(([event, { properties }]) =>
    Object.entries(properties).flatMap(([property, definition]) =>
      reviewProperty(property, definition).map((doubt) => `${event}.${property}: ${doubt}`),
    ),
  );
}

function reviewProperty(name: string, definition: PropertyDefinition): string[] {
  switch (definition.type) {
    case 'number':
    case 'integer':
      return UNITS.test(name) ? [] : [`say the unit in the name, such as ${name}_seconds or ${name}_count`];
    case 'string': {
      const doubts = [];
      if (PERSONAL.test(name))
        doubts.push('a text of this name can hold personal data: use an enum, or leave it out');
      if ((definition.maxLength ?? Infinity) > LONGEST_STRING) {
        doubts.push(`bound it with a maxLength of at most ${LONGEST_STRING}, or use an enum`);
      }
      return doubts;
    }
    default:
      return [];
  }
}
