/** Entry `/catalogue`: runs anywhere, imports nothing but zod. */
export { defineCatalogue } from './catalogue.ts';
export type {
  Catalogue,
  EventDefinition,
  EventName,
  EventProperties,
  PropertyDefinition,
} from './catalogue.ts';
export { RoostError } from './errors.ts';
export type { RoostErrorCode } from './errors.ts';
export { reviewCatalogue } from './review-catalogue.ts';
export { estimateTranscriptionCost, storiesCatalogue } from './stories-catalogue.ts';
export type { StoriesCatalogue } from './stories-catalogue.ts';
