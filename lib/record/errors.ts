/** What can go wrong in a call of Roost's own API, with what to do about it. */
export type RoostErrorCode =
  /** An option has a wrong type or lies outside its bounds; the message names it. */
  | 'invalid_option'
  /** The catalogue is not of the documented form; the message names the event and property. */
  | 'invalid_catalogue'
  /** The event is not in the catalogue: add it there, or mend the name. */
  | 'unknown_event'
  /** A property is missing or has the wrong type; the message names it. */
  | 'invalid_event'
  /** Roost runs in this main process already: use the handle that it returned, or close that one first. */
  | 'already_started'
  /** The handle was closed; nothing can be recorded through it any more. */
  | 'closed';

/**
 * The one error class that Roost's API throws. `code` is stable, `message` is for people.
 * Recording calls (`track`, `captureException`) throw it only with `strict: true`.
 */
export class RoostError extends Error {
  override readonly name = 'RoostError';
  readonly code: RoostErrorCode;

  constructor(code: RoostErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
