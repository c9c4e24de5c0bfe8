/**
 * Every limit of the wire format, with its reason. Both ends obey these; a client's own limits
 * (queue size, timers) are in `lib/options.ts`, a server's own in `server/config.ts`.
 * Lengths of texts are in Unicode code points, sizes in bytes.
 */

/** Names of events and properties: short enough to read in a chart's legend. */
export const EVENT_NAME_PATTERN = /^[a-z][a-z0-9_]{0,63}$/;

/** A string property names a choice; it is no place for a text. */
export const MAX_PROPERTY_STRING_LENGTH = 200;

/** Far above any catalogue; stops a record made of noise. */
export const MAX_PROPERTIES = 64;

export const MAX_APP_VERSION_LENGTH = 20;
export const MAX_PLATFORM_LENGTH = 50;
export const MAX_OS_VERSION_LENGTH = 50;

/** Enough for a message to be understood; whole documents end up in messages otherwise. */
export const MAX_ERROR_MESSAGE_LENGTH = 2_000;

/** V8 prints ten frames by default; this holds hundreds. */
export const MAX_STACK_TRACE_LENGTH = 65_536;

/** JSON of a crash's context, UTF-8. */
export const MAX_CONTEXT_BYTES = 32 * 1024;

export const MAX_EVENTS_PER_BATCH = 500;
export const MAX_CRASHES_PER_BATCH = 50;

/** One request as it travels (compressed or not), UTF-8. The client fills a batch by bytes too. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** One request after unpacking. Unpacking stops here, so a bomb costs no more. */
export const MAX_UNPACKED_BYTES = 8 * 1024 * 1024;

/** Client clocks off by less than this are taken as they are. Milliseconds. */
export const CLOCK_TOLERANCE_MS = 5 * 60 * 1000;

/** What a cut text ends with; counted in its length. */
export const CUT_MARK = '… [cut]';
