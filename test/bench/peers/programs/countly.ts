/** countly-sdk-nodejs with its default, storage in files. */
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { runProgram, textOf } from './program.ts';

interface CountlySdk {
  init(config: object): void;
  add_event(event: object): void;
}

const Countly = createRequire(import.meta.url)('countly-sdk-nodejs') as CountlySdk;

await runProgram({
  start({ url, dataDir }) {
    Countly.init({
      app_key: '0123456789',
      url,
      storage_path: join(dataDir, 'countly', '/'),
      storage_type: 'file',
    });
  },
  capture(number) {
    Countly.add_event({ key: 'captured', count: 1, segmentation: { text: textOf(number) } });
  },
});
