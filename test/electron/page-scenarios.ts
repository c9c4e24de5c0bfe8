/** Failures and records of pages. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import type { EventRecord } from '../../lib/record/event.ts';
import { until, type Scenario } from './scenario.ts';

export const pageScenarios: Scenario[] = [
  {
    name: 'an uncaught error in a page arrives with its stack',
    async run(stage) {
      const window = await stage.open('<script>function broken() { null.field }</script>');
      await window.webContents.executeJavaScript('setTimeout(() => broken())');
      const crash = await stage.crash();
      assert.equal(crash.crash_type, 'uncaught_error');
      assert.equal(crash.error_message, "TypeError: Cannot read properties of null (reading 'field')");
      assert.match(crash.stack_trace!, /at broken/);
      assert.equal(crash.context!['process_type'], 'renderer');
      assert.equal(crash.context!['place'], 'file:');
      assert.equal(crash.context!['main_frame'], true);
      assert.equal(crash.context!['script_of'], 'page');
    },
  },
  {
    name: 'an error of the first script of a page is seen, under a strict CSP too',
    async run(stage) {
      await stage.open(
        `<meta http-equiv="Content-Security-Policy" content="script-src 'unsafe-inline'; require-trusted-types-for 'script'">
         <script>throw new RangeError('at once')</script>`,
      );
      assert.equal((await stage.crash()).error_message, 'RangeError: at once');
    },
  },
  {
    name: 'an unhandled rejection in a page arrives with its causes',
    async run(stage) {
      const window = await stage.open('');
      await window.webContents.executeJavaScript(
        `void Promise.reject(new Error('outer', { cause: new TypeError('inner') }))`,
      );
      const crash = await stage.crash();
      assert.equal(crash.crash_type, 'unhandled_rejection');
      assert.equal(crash.error_message, 'outer');
      assert.match(crash.stack_trace!, /Caused by: TypeError: inner/);
    },
  },
  {
    name: 'an uncaught error of the preload itself arrives',
    async run(stage) {
      const window = await stage.open('', { preload: stage.around.rawPreload });
      await window.webContents.executeJavaScript('raw.fail()');
      const crash = await stage.crash();
      assert.equal(crash.error_message, 'in the preload');
      assert.equal(crash.context!['script_of'], 'preload');
    },
  },
  {
    name: 'thrown non-errors, errors with getters that throw and a message of ten megabytes end in bounded reports',
    async run(stage) {
      const window = await stage.open('');
      for (const thrown of [
        `'a text'`,
        'undefined',
        `{ get message() { throw new Error('trap') } }`,
        `new AggregateError([new Error('first')], 'both')`,
        `new Error('word '.repeat(2_000_000))`,
      ]) {
        await window.webContents.executeJavaScript(`setTimeout(() => { throw ${thrown} })`);
      }
      await until(() => stage.telemetry.pending().crashes === 5, 'five crashes');
      const messages = stage
        .records()
        .map((record) => ('error_message' in record ? record.error_message : ''));
      assert.ok(messages.includes('a text'));
      assert.ok(messages.some((message) => message.startsWith('AggregateError: both')));
      assert.ok(messages.every((message) => message.length > 0 && message.length <= 2_000));
    },
  },
  {
    name: 'a layout notice of ResizeObserver is no failure',
    async run(stage) {
      const window = await stage.open('');
      await window.webContents.executeJavaScript(`
        window.dispatchEvent(new ErrorEvent('error', { message: 'ResizeObserver loop completed with undelivered notifications.' }));
        setTimeout(() => { throw new Error('a real one') })`);
      assert.equal((await stage.crash()).error_message, 'a real one');
    },
  },
  {
    name: 'the renderer entry tracks events and reports caught errors',
    async run(stage) {
      const script = readFileSync(stage.around.rendererScript, 'utf8');
      const window = await stage.open(`<script>${script}</script>`);
      await window.webContents.executeJavaScript(`{
        const { TelemetryClient, track, captureException } = roostRenderer;
        const circle = { button: document.body, when: () => 1, big: 10n };
        circle.self = circle;
        new TelemetryClient().track('dictionary_used', { count: 2 });
        track('retry_attempted');
        captureException(new Error('caught'), { where: 'import', circle });
        new TelemetryClient().track('no_such_event');
        new TelemetryClient().track('dictionary_used', { count: 'two' });
      }`);
      const crash = await stage.crash();
      assert.equal(crash.crash_type, 'handled_error');
      assert.equal(crash.context!['where'], 'import');
      await stage.dropped('unknown_event', 1);
      await stage.dropped('invalid_event', 1);
      const events = stage.records().filter((record): record is EventRecord => 'event' in record);
      assert.deepEqual(
        events.map(({ event, properties }) => [event, properties]),
        [
          ['dictionary_used', { count: 2 }],
          ['retry_attempted', {}],
        ],
      );
      assert.ok(JSON.stringify(crash.context).includes('dictionary_used'), 'track leaves a breadcrumb');
    },
  },
  {
    name: 'an iframe is listened to where Electron loads the preload there, and only there',
    async run(stage) {
      const frame = `<iframe srcdoc="<script>setTimeout(() => { throw new Error('framed') })</script>"></iframe>`;
      await stage.open(
        `${frame}<script>addEventListener('load', () => { throw new Error('page without') })</script>`,
      );
      assert.equal((await stage.crash()).error_message, 'page without');
      await stage.open('<iframe src="page-1.html"></iframe>', { nodeIntegrationInSubFrames: true });
      await until(() => stage.telemetry.pending().crashes === 2, 'the crash of the frame');
      const crash = stage.records()[1]!;
      assert.equal('context' in crash && crash.context!['main_frame'], false);
    },
  },
  {
    name: 'a page without the preload goes on, with one warning',
    async run(stage) {
      const script = readFileSync(stage.around.rendererScript, 'utf8');
      const window = await stage.open(`<script>${script}</script>`, { preload: undefined });
      const warnings = await window.webContents.executeJavaScript(`{
        const heard = [];
        console.warn = (text) => heard.push(text);
        roostRenderer.track('retry_attempted');
        roostRenderer.captureException(new Error('unheard'));
        heard
      }`);
      assert.equal((warnings as string[]).length, 1);
      assert.match((warnings as string[])[0]!, /window\.roost is missing/);
    },
  },
  {
    name: 'two windows see each other change the settings',
    async run(stage) {
      const first = await stage.open('');
      const second = await stage.open('');
      const watch =
        'window.states = []; roost.onStateChange((state) => states.push(state.usageEnabled)); roost.getState()';
      await first.webContents.executeJavaScript(watch);
      await second.webContents.executeJavaScript('roost.setEnabled(false)');
      await waitInPage(first, 'states.at(-1) === false');
      assert.equal(stage.telemetry.isEnabled(), false);
      const state = (await second.webContents.executeJavaScript('roost.getState()')) as Record<
        string,
        unknown
      >;
      assert.equal(state['userId'], stage.telemetry.userId);
      assert.equal(state['usageEnabled'], false);
    },
  },
];

async function waitInPage(
  window: { webContents: { executeJavaScript(code: string): Promise<unknown> } },
  condition: string,
): Promise<void> {
  let met = false;
  const limit = Date.now() + 60_000;
  while (!met && Date.now() < limit) met = (await window.webContents.executeJavaScript(condition)) === true;
  assert.ok(met, `Waited in vain for ${condition}`);
}
