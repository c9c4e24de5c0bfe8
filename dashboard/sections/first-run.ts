/** Shown while there is nothing from production: how to send the first event, and a way to try it from here. */
import type { CatalogueAnswer, ServerSettings } from '../api-types.ts';
import { change, get } from '../api.ts';
import { usersOf, type FilterValues } from '../choices.ts';
import { element, fill } from '../dom.ts';
import { count } from '../format.ts';
import { setFilter } from '../navigation.ts';
import { copyable } from '../parts/copyable.ts';
import { createSection, type Section } from '../parts/section.ts';

interface FirstRun {
  catalogue: CatalogueAnswer;
  settings: ServerSettings;
}

export interface FirstRunSection extends Section {
  /** What there is besides production. */
  tell(values: FilterValues): void;
}

export function firstRunSection(): FirstRunSection {
  const snippet = element('div');
  const development = element('div', { class: 'first-run-development', role: 'status' });
  const answer = element('p', { class: 'note', role: 'status' });
  const send = element(
    'button',
    { type: 'button', class: 'button primary', onclick: () => void sendTest() },
    'Send a test event',
  );
  let shown: FirstRun | null = null;

  async function sendTest(): Promise<void> {
    send.disabled = true;
    try {
      const { event } = await change<{ event: { event: string } }>('POST', 'system/test-event', {});
      answer.textContent = `“${event.event}” was sent and stored, as environment development.`;
    } catch (error) {
      answer.textContent = error instanceof Error ? error.message : String(error);
    } finally {
      send.disabled = false;
    }
  }

  const panel = element(
    'div',
    { class: 'card whole first-run' },
    element('h3', {}, '1. Start Roost in the main process of the app'),
    snippet,
    element(
      'p',
      { class: 'note' },
      'An app that is not packaged sends as environment development, which is in no figure of production: choose it in the filter above.',
    ),
    element('h3', {}, '2. Or try the way from here to the database'),
    element('div', { class: 'first-run-test' }, send, answer),
    development,
  );

  const section = createSection<FirstRun>({
    id: 'first-run',
    title: 'Nothing from production yet',
    lead: 'The figures appear here by themselves with the first event.',
    async ask() {
      const [catalogue, settings] = await Promise.all([
        get<CatalogueAnswer>('stats/catalogue', { maxAgeMs: Infinity }),
        get<ServerSettings>('system/settings', { maxAgeMs: Infinity }),
      ]);
      shown = shown?.catalogue === catalogue && shown.settings === settings ? shown : { catalogue, settings };
      return { current: shown, previous: null };
    },
    parts: [
      {
        element: panel,
        update: (data) => fill(snippet, copyable(startSnippet(data), 'Code to start Roost')),
      },
    ],
  });

  return {
    ...section,
    tell(values) {
      const users = usersOf(values, 'development');
      development.hidden = users === 0;
      fill(
        development,
        element('span', {}, `${count(users)} ${users === 1 ? 'user' : 'users'} in development so far.`),
        element(
          'button',
          { type: 'button', class: 'button', onclick: () => setFilter('environment', ['development']) },
          'Show development',
        ),
      );
    },
  };
}

function startSnippet({ catalogue, settings }: FirstRun): string {
  const [event = 'app_opened'] = Object.keys(catalogue.events);
  const endpoint = new URL('.', location.href).href.replace(/\/$/, '');
  return [
    `import { startTelemetry } from '@roost-telemetry/electron/main';`,
    ``,
    `const telemetry = startTelemetry({`,
    `  endpoint: '${endpoint}',`,
    settings.open_ingestion ? null : `  ingestKey: 'YOUR_INGEST_KEY', // one of INGEST_KEYS`,
    `});`,
    `telemetry.track('${event}', {});`,
  ]
    .filter((line) => line !== null)
    .join('\n');
}
