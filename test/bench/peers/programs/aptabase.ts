/** @aptabase/electron for a server of one's own. It keeps nothing: each event is one request. */
import { createRequire } from 'node:module';

import { runProgram, textOf } from './program.ts';

const require = createRequire(import.meta.url);

require('electron');
const { initialize, trackEvent } =
  require('@aptabase/electron/main') as typeof import('@aptabase/electron/main');

await runProgram({
  start({ url }) {
    // Before the app is ready, as it demands.
    void initialize('A-SH-0123456789', { host: url });
  },
  capture(number) {
    void trackEvent('captured', { text: textOf(number) });
  },
});
