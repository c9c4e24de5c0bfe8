/**
 * @bugsnag/delivery-electron with @bugsnag/core's client and @bugsnag/electron-filestore, joined as @bugsnag/electron
 * joins them. Its other plugins need native code and Electron itself, and have no part in delivery.
 */
import { createRequire } from 'node:module';

import { runProgram, textOf } from './program.ts';

interface BugsnagClient {
  notify(error: Error): void;
  _setDelivery(delivery: unknown): void;
}

const require = createRequire(import.meta.url);
const electron = require('electron') as typeof import('electron');
const Client = require('@bugsnag/core/client') as new (
  config: object,
  schema: object,
  plugins: unknown[],
  notifier: object,
) => BugsnagClient;
const { schema } = require('@bugsnag/core/config') as { schema: object };
const makeDelivery = require('@bugsnag/delivery-electron') as (
  store: object,
  net: unknown,
  app: unknown,
) => unknown;
const { FileStore } = require('@bugsnag/electron-filestore') as {
  FileStore: new (apiKey: string, storageDir: string, crashDir: string) => { init(): Promise<void> };
};
const stateManager: unknown = require('@bugsnag/plugin-electron-client-state-manager');

const API_KEY = '0123456789abcdef0123456789abcdef';
let client: BugsnagClient;

await runProgram({
  async start({ url, dataDir }) {
    await electron.app.whenReady();
    const store = new FileStore(API_KEY, dataDir, dataDir);
    await store.init();
    client = new Client(
      { apiKey: API_KEY, endpoints: { notify: `${url}/notify`, sessions: `${url}/sessions` } },
      schema,
      [stateManager],
      { name: 'Bugsnag Electron', version: '9.0.0', url: 'https://github.com/bugsnag/bugsnag-electron' },
    );
    client._setDelivery(makeDelivery(store, electron.net, electron.app));
  },
  capture(number) {
    client.notify(new Error(textOf(number)));
  },
});
