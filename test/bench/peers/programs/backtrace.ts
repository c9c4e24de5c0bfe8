/**
 * @backtrace/node, which @backtrace/electron uses in the main process, with its offline database on. Its limit of
 * eight records is raised, so that ten fit; metrics are off, because they go to a fixed address.
 */
import { join } from 'node:path';

import { BacktraceClient } from '@backtrace/node';

import { runProgram, textOf } from './program.ts';

let client: BacktraceClient;

await runProgram({
  start({ url, dataDir }) {
    client = BacktraceClient.initialize({
      url: `${url}/submit`,
      metrics: { enable: false },
      database: {
        enable: true,
        path: join(dataDir, 'backtrace'),
        createDatabaseDirectory: true,
        maximumNumberOfRecords: 100,
      },
    });
  },
  capture(number) {
    void client.send(new Error(textOf(number)));
  },
});
