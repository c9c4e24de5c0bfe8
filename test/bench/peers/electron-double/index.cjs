/**
 * The part of Electron that the delivery of @sentry/electron and @bugsnag/delivery-electron touches, over plain Node:
 * an `app` that is ready at once, `net.request` over node:http, and channels on which nobody speaks. Like Electron's
 * own, its requests have no time limit, and an answer's body that breaks off is an error of the answer.
 */
const { EventEmitter } = require('node:events');
const http = require('node:http');
const { Writable } = require('node:stream');

// SDKs look at these to know that they are in Electron's main process.
Object.defineProperty(process.versions, 'electron', { value: '43.0.0', enumerable: true });
Object.defineProperty(process, 'type', { value: 'browser', enumerable: true });

let ready = false;
const whenReady = new Promise((resolve) => {
  setImmediate(() => {
    ready = true;
    resolve();
  });
});

const app = Object.assign(new EventEmitter(), {
  name: 'peers',
  isPackaged: true,
  getName: () => 'peers',
  getVersion: () => '1.0.0',
  getLocale: () => 'en',
  getAppPath: () => __dirname,
  getPath: () => process.env.PEERS_USER_DATA,
  isReady: () => ready,
  whenReady: () => whenReady,
});

/** Electron's ClientRequest is a stream to write to, with the events of Node's. */
class ClientRequest extends Writable {
  #request;

  constructor(options, onResponse) {
    super();
    const { url, protocol, hostname, port, path, method, headers } = options;
    const common = { method, headers, agent: false };
    this.#request = url
      ? http.request(url, common)
      : http.request({ ...common, protocol, hostname, port, path });
    this.#request.on('error', (error) => this.emit('error', error));
    this.#request.on('response', (response) => this.emit('response', response));
    if (onResponse) this.on('response', onResponse);
  }

  setHeader(name, value) {
    this.#request.setHeader(name, value);
  }

  _write(chunk, encoding, done) {
    this.#request.write(chunk, encoding, done);
  }

  _final(done) {
    this.#request.end(done);
  }
}

const channels = Object.assign(new EventEmitter(), { handle() {} });

module.exports = {
  app,
  net: { online: true, request: (options, onResponse) => new ClientRequest(options, onResponse) },
  ipcMain: channels,
  protocol: { registerSchemesAsPrivileged() {}, handle() {} },
  session: { defaultSession: { protocol: { handle() {} } } },
  webContents: { getAllWebContents: () => [], fromId: () => undefined },
};
