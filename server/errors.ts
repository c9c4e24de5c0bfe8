/** Errors as the API answers them: `{ "error": { "code", "message" } }`. */

/** Every code with its status and meaning; `docs/api.md` lists the same. */
export const API_ERRORS = {
  malformed_json: { status: 400, meaning: 'The body is not JSON in UTF-8, or could not be unpacked.' },
  invalid_batch: { status: 400, meaning: 'The body is JSON, but no batch and no record.' },
  invalid_query: {
    status: 400,
    meaning: 'A parameter is unknown, repeated, empty or out of bounds; the message names it.',
  },
  bad_request: { status: 400, meaning: 'The request is not valid HTTP.' },
  unauthorized: { status: 401, meaning: 'The key or the name and password are missing or wrong.' },
  forbidden: { status: 403, meaning: 'A page of another site may not change anything here.' },
  not_found: { status: 404, meaning: 'There is nothing at this address.' },
  method_not_allowed: { status: 405, meaning: 'The address exists for the methods in `Allow` only.' },
  request_timeout: { status: 408, meaning: 'The request did not arrive in time.' },
  too_large: { status: 413, meaning: 'The body is over 1 MiB as sent or 8 MiB unpacked.' },
  unsupported_media_type: {
    status: 415,
    meaning: 'The body is no application/json, or in an unknown encoding.',
  },
  rate_limited: {
    status: 429,
    meaning: 'Too many requests or failed log-ins from this address; see `Retry-After`.',
  },
  headers_too_large: { status: 431, meaning: 'The headers are over 16 KiB.' },
  internal_error: { status: 500, meaning: 'A fault of the server; its log has more.' },
  unavailable: { status: 503, meaning: 'The database is away or the server is busy; see `Retry-After`.' },
} as const;

export type ApiErrorCode = keyof typeof API_ERRORS;

export interface ApiErrorBody {
  error: { code: ApiErrorCode; message: string };
}

/** Thrown by handlers; `plugins/errors.ts` answers it. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ApiErrorCode;
  readonly statusCode: number;
  /** Seconds until another try makes sense. */
  readonly retryAfter: number | undefined;

  constructor(
    code: ApiErrorCode,
    message: string = API_ERRORS[code].meaning,
    options: { retryAfter?: number } = {},
  ) {
    super(message);
    this.code = code;
    this.statusCode = API_ERRORS[code].status;
    this.retryAfter = options.retryAfter;
  }

  get body(): ApiErrorBody {
    return { error: { code: this.code, message: this.message } };
  }
}
