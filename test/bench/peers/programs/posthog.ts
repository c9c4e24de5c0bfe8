/** posthog-node with its defaults. It keeps what waits in memory: it has no store to switch on. */
import { PostHog } from 'posthog-node';

import { runProgram, textOf } from './program.ts';

let client: PostHog;

await runProgram({
  start({ url }) {
    client = new PostHog('phc_0123456789', { host: url });
  },
  capture(number) {
    client.capture({ distinctId: 'user', event: 'captured', properties: { text: textOf(number) } });
  },
});
