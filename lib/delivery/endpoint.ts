/** Checks of the server's address and key. */
import { RoostError } from '../record/errors.ts';

/** An http(s) address, as given but for query and fragment. Throws `RoostError` `invalid_option`. */
export function checkEndpoint(endpoint: unknown): string {
  const url = typeof endpoint === 'string' && URL.canParse(endpoint) ? new URL(endpoint) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) {
    throw new RoostError(
      'invalid_option',
      'endpoint: expected an address such as https://telemetry.example.com',
    );
  }
  return url.origin + url.pathname;
}

/** The key goes into a header. Throws `RoostError` `invalid_option`. */
export function checkKey(key: unknown): string | undefined {
  if (key === undefined || (typeof key === 'string' && /^[\x21-\x7e]+$/.test(key))) return key;
  throw new RoostError(
    'invalid_option',
    'ingestKey: expected ASCII letters, digits and signs, without spaces',
  );
}
