/**
 * @sentry/electron's `init` for the main process, with its offline transport and store: both are its defaults. Left
 * out are the integrations, which listen to an Electron that is not there and have no part in delivery.
 */
import { createRequire } from 'node:module';

import { runProgram, textOf } from './program.ts';

const require = createRequire(import.meta.url);

// The double sets what the SDK looks for at import.
require('electron');
const sentry = require('@sentry/electron/main') as typeof import('@sentry/electron/main');

await runProgram({
  start({ url }) {
    const { host } = new URL(url);
    sentry.init({ dsn: `http://0123456789abcdef0123456789abcdef@${host}/1`, defaultIntegrations: false });
  },
  capture(number) {
    sentry.captureException(new Error(textOf(number)));
  },
});
