/** The scripted tour: what a person would do with Stories in a week, in half a minute. Each step says what came of it. */
import { Ledger } from './ledger.ts';
import { startServerProcess, type ServerProcess, type ServerSettings } from './server-process.ts';
import { startStories, type StoriesApp, type StoriesOptions } from './stories-app.ts';
import { fetchStored, type StoredRecords } from './stored.ts';
import { counted, type Terminal } from './terminal.ts';
import { waitUntil } from './wait-until.ts';

export interface TourOptions {
  server: ServerSettings;
  stories: StoriesOptions;
  terminal: Terminal;
  /** Whether a page's crash leaves a dump on this machine: Electron, or a Chromium with a Crashpad handler. */
  dumps: boolean;
}

/** What runs when the tour is over, or has failed: the caller stops both. */
export interface TourParts {
  server?: ServerProcess;
  app?: StoriesApp;
}

export interface TourReport {
  userId: string;
  /** One sentence each; empty when all is as it should be. */
  problems: string[];
}

export async function takeTour(
  { server, stories, terminal, dumps }: TourOptions,
  parts: TourParts,
): Promise<TourReport> {
  const ledger = new Ledger();
  const { step, say, good } = terminal;
  let userId = '';
  let app: StoriesApp;
  let dictionaryInUse = false;

  const stored = (): Promise<StoredRecords> => fetchStored(stories.endpoint, stories.ingestKey, userId);
  const countStored = async (): Promise<number> => {
    const { events, crashes } = await stored();
    return events.length + crashes.length;
  };
  const openApp = async (): Promise<void> => {
    app = await startStories(stories);
    parts.app = app;
    ledger.expect('app_opened');
  };
  /** Waits until the server has as many records as were made; what is missing in the end is said by the report. */
  const arrive = async (): Promise<void> => {
    await app.flush();
    await waitUntil('the records to arrive', async () => (await countStored()) >= ledger.total).catch(
      (error: Error) => say(error.message),
    );
    good(`${await countStored()} of ${counted(ledger.total, 'record')} so far are on the server`);
  };
  const tellStory = async (options?: Parameters<StoriesApp['tellStory']>[0]): Promise<void> => {
    await app.tellStory(options);
    const end = options?.fails ? 'transcription_failed' : 'transcription_completed';
    ledger.expect('recording_started', 'recording_completed', end);
    if (dictionaryInUse && !options?.fails) ledger.expect('dictionary_used');
  };
  /** A page that has just crashed answers nothing for a moment. */
  const isIdle = (): Promise<boolean> => app.evaluate(IS_IDLE).then(Boolean, () => false);
  const setSharing = async (on: boolean): Promise<void> => {
    await app.evaluate(`document.querySelector('#settings').showModal()`);
    await app.click('roost-settings #usage');
    await waitUntil('the switch', async () => (await app.state()).usageEnabled === on);
    await app.evaluate(`document.querySelector('#settings').close()`);
  };
  /** The page may be gone before it answers. */
  const breakSomething = (kind: string): Promise<unknown> =>
    app.evaluate(`document.querySelector('[data-crash=${kind}]').click()`).catch(() => undefined);

  /** The dump of the page that was just lost, as the collector reads it: some seconds later, and once. */
  const showNativeCrash = async (): Promise<void> => {
    let report: StoredRecords['crashes'][number] | undefined;
    const isThere = async (): Promise<boolean> => {
      report = (await stored()).crashes.find(({ crash_type }) => crash_type === 'native_crash');
      return report !== undefined;
    };
    await waitUntil('a native crash', isThere, NATIVE_PATIENCE_MS).catch(() => undefined);
    if (!report) {
      ledger.allow('native_crash'); // it may still come: the collector looks again after a minute
      return say('Crashpad left no dump of it yet.');
    }
    ledger.expect('native_crash');
    const frames = report.stack_trace?.split('\n') ?? [];
    good(
      `Its dump was read on this computer and deleted: ${report.error_message}, ${counted(frames.length, 'frame')}`,
    );
    const module = /at (.+)\+0x/.exec(frames[0] ?? '')?.[1] ?? '';
    say(`Shown at ${stories.endpoint}/dashboard?page=crashes&module=${encodeURIComponent(module)}`);
  };

  step('The server starts, with a PostgreSQL of its own');
  parts.server = await startServerProcess(server);
  good(`It answers on ${parts.server.url}`);

  step('Stories opens for the first time');
  await openApp();
  userId = (await app!.state()).userId;
  good(`An anonymous id was made on this computer: ${userId}`);
  await app!.click('roost-first-run-notice button.primary');
  good('The first-run notice was shown, and noted in config.json');

  step('Three stories are told; one transcription fails and is tried again');
  await app!.setChecked('auto-paste', true);
  ledger.expect('feature_toggled');
  await tellStory();
  await tellStory({ source: 'widget' });
  await tellStory({ fails: true });
  await app!.click('.retry');
  await waitUntil('the second try', isIdle);
  ledger.expect('retry_attempted', 'transcription_completed');
  await app!.evaluate(ADD_WORD);
  dictionaryInUse = true;
  await tellStory({ source: 'widget' });
  await arrive();

  step('The server goes away: an offline spell');
  await parts.server.stop();
  say('The server process has ended, its database with it.');
  await tellStory();
  await tellStory({ source: 'widget' });
  await app!.flush();
  const { events } = (await app!.state()).pending;
  good(`${counted(events, 'event')} wait in the SQLite queue, nothing is lost`);
  parts.server = await startServerProcess(server);
  say('The server is back.');
  await arrive();

  step('Errors in the page: one handled, one uncaught, one rejection');
  for (const kind of ['handled', 'error', 'rejection']) await breakSomething(kind);
  ledger.expect('handled_error', 'uncaught_error', 'unhandled_rejection');
  await waitUntil('the errors to be recorded', async () => (await app.state()).pending.lastSent !== null);
  await arrive();

  step('The page crashes, then the main process');
  await breakSomething('renderer');
  ledger.expect('renderer_crash');
  dictionaryInUse = false; // a new page, a new dictionary
  await waitUntil('the page to come back', isIdle);
  good('The page was lost, Stories loaded it again');
  if (dumps) await showNativeCrash();
  else say('No Crashpad handler is on this machine: nothing reads a dump in this tour.');
  await breakSomething('main');
  const { code } = await app!.ended;
  ledger.expect('main_crash');
  good(`The main process ended with code ${code}; its report was on the disk before`);
  await openApp();
  const sameId = (await app!.state()).userId === userId;
  say(`Stories starts again, ${sameId ? 'with the same id' : 'with another id'}.`);
  await arrive();

  step('The user switches sharing off');
  await setSharing(false);
  ledger.beginSilence();
  await app!.tellStory();
  await app!.tellStory({ source: 'widget' });
  good(`Two stories were told, ${counted((await app!.state()).pending.events, 'event')} recorded`);
  await breakSomething('error');
  ledger.expect('uncaught_error');
  say('An error happens as well: crash reports have a switch of their own, which is on.');
  await arrive();

  step('The user switches it on again');
  ledger.endSilence();
  await setSharing(true);
  await tellStory();
  await arrive();

  step('Is everything there, exactly once?');
  const records = await stored();
  terminal.table([
    ['', 'made', 'stored'],
    ...ledger
      .accounts(records)
      .map(({ name, expected, arrived }) => [name, String(expected), String(arrived)]),
  ]);
  const problems = ledger.problems(records);
  if (!sameId) problems.push('The id changed when Stories was started again.');
  return { userId, problems };
}

/** The collector looks after 1.5 s and after 10 s, then the crash is sent within 2 s. */
const NATIVE_PATIENCE_MS = 20_000;
const IS_IDLE = `document.querySelector('#recorder')?.dataset.state === 'idle'`;
const ADD_WORD = `{
  document.querySelector('#word').value = 'Lisbon';
  document.querySelector('#add-word').requestSubmit();
}`;
