/** Pages that mean harm: the bridge refuses and counts, the main process stays responsive. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { EventRecord } from '../../lib/record/event.ts';
import { until, type Scenario } from './scenario.ts';

const FORGED = [
  'null',
  '42',
  '"track"',
  '[]',
  '{}',
  '{"type":"no_such_type"}',
  '{"type":"error","crash_type":"main_crash","error":{"message":"forged"}}',
  '{"type":"error","crash_type":["handled_error"],"error":null}',
  '{"type":"breadcrumb","message":{"toString":1}}',
];

export const hostileScenarios: Scenario[] = [
  {
    name: 'forged messages are counted and record nothing',
    async run(stage) {
      const window = await stage.open('', { preload: stage.around.rawPreload });
      for (const message of FORGED) {
        await window.webContents.executeJavaScript(`raw.send('roost:record', ${JSON.stringify(message)})`);
      }
      await stage.dropped('ipc_malformed', FORGED.length);
      assert.deepEqual(stage.records(), []);
      const answers = await window.webContents.executeJavaScript(`Promise.all(
        ['null', '{"type":"no_such"}', '{"type":"set_enabled","enabled":"no"}', '{"type":"__proto__"}']
          .map((text) => raw.invoke('roost:ask', text)))`);
      assert.ok(
        (answers as { ok: boolean }[]).every(({ ok }) => !ok),
        JSON.stringify(answers),
      );
      assert.equal(stage.telemetry.isEnabled(), true);
    },
  },
  {
    name: '__proto__ and constructor reach no prototype',
    async run(stage) {
      const window = await stage.open('', { preload: stage.around.rawPreload });
      for (const text of [
        '{"type":"track","name":"dictionary_used","properties":{"count":1,"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}',
        '{"type":"error","crash_type":"handled_error","error":{"message":"m","__proto__":{"stack":"s"}},"context":{"__proto__":{"polluted":1},"constructor":1,"kept":2}}',
        '{"type":"track","name":"__proto__","properties":{}}',
      ]) {
        await window.webContents.executeJavaScript(`raw.send('roost:record', ${JSON.stringify(text)})`);
      }
      await stage.dropped('unknown_event', 1);
      assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
      const crash = await stage.crash();
      assert.equal(crash.context!['kept'], 2);
      assert.ok(!Object.hasOwn(crash.context!, 'constructor') && !Object.hasOwn(crash.context!, '__proto__'));
      const event = stage.records().find((record): record is EventRecord => 'event' in record)!;
      assert.deepEqual(event.properties, { count: 1 });
    },
  },
  {
    name: 'oversized messages are refused',
    async run(stage) {
      const window = await stage.open('');
      await window.webContents.executeJavaScript(`{
        roost.captureError({ crash_type: 'handled_error', error: { message: 'x'.repeat(3_000_000) } });
        roost.track('dictionary_used', { count: 1, list: Array.from({ length: 100_000 }, () => 1) });
        let deep = {};
        for (let level = 0; level < 100; level += 1) deep = { deep };
        roost.track('dictionary_used', { count: 1, deep });
      }`);
      await stage.dropped('ipc_too_large', 3);
      assert.deepEqual(stage.records(), []);
    },
  },
  {
    name: 'ten thousand messages from one window are limited and counted, another window is not affected',
    async run(stage) {
      const flooding = await stage.open('');
      const other = await stage.open('');
      await flooding.webContents.executeJavaScript(
        `for (let index = 0; index < 10_000; index += 1) roost.track('dictionary_used', { count: 1 })`,
      );
      await other.webContents.executeJavaScript(`roost.track('retry_attempted')`);
      const total = (): number => {
        const { events, dropped } = stage.telemetry.pending();
        return events + (dropped['ipc_rate_limited'] ?? 0);
      };
      await until(
        () => total() === 10_001,
        () => `10,001 messages, not ${total()}`,
      );
      assert.ok(stage.telemetry.pending().events < 3_000, `${stage.telemetry.pending().events} events`);
      assert.ok(
        stage.telemetry
          .peek(10_000)
          .some((record) => 'event' in record && record.event === 'retry_attempted'),
      );
    },
  },
  {
    name: 'pages and frames of foreign origin are refused, the answers too',
    async run(stage) {
      const servers = [await serveFailingPage(), await serveFailingPage()] as const;
      const [port, otherPort] = servers.map((server) => (server.address() as AddressInfo).port);
      try {
        // Chromium resolves names below `localhost` to this machine: a foreign origin without a network.
        const foreign = await stage.openURL(`http://foreign.localhost:${port}/`);
        await stage.dropped('ipc_foreign_frame', 2);
        const answer = foreign.webContents.executeJavaScript(
          'roost.exportMyData().then(() => "given", String)',
        );
        assert.match((await answer) as string, /refused/);
        // The development server's own page is trusted, but not as a frame in a page from elsewhere.
        await stage.openURL(`http://127.0.0.1:${port}/?frame=http://127.0.0.1:${otherPort}/`, {
          nodeIntegrationInSubFrames: true,
        });
        await stage.dropped('ipc_foreign_frame', 5);
        assert.equal(stage.records().length, 2, 'both records of the trusted page');
      } finally {
        for (const server of servers) {
          server.close();
          server.closeAllConnections();
        }
      }
    },
  },
];

/** A page that tracks an event and fails, with the frame in it that its query names. */
async function serveFailingPage(): Promise<Server> {
  const server = createServer((request, response) => {
    const frame = new URL(request.url!, 'http://127.0.0.1').searchParams.get('frame');
    response.setHeader('content-type', 'text/html');
    response.end(`${frame ? `<iframe src="${frame}"></iframe>` : ''}
      <script>roost.track("retry_attempted"); throw new Error("broken page")</script>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
