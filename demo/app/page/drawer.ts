/** The developer drawer: what waits, what happens, and buttons that break things. */
import type { SettingsState } from '@roost-telemetry/electron/renderer';

import type { LogLine, MainCrash } from '../bridge.ts';
import { byId } from './by-id.ts';
import { telemetry } from './telemetry.ts';

const MOST_LOG_LINES = 200;

export function startDrawer(): void {
  const drawer = byId('drawer', HTMLElement);
  const toggle = byId('toggle-drawer', HTMLButtonElement);
  toggle.addEventListener('click', () => {
    drawer.hidden = !drawer.hidden;
    toggle.setAttribute('aria-expanded', String(!drawer.hidden));
  });
  const offline = byId('offline', HTMLInputElement);
  offline.addEventListener('change', () => window.stories.setOffline(offline.checked));
  byId('flush', HTMLButtonElement).addEventListener('click', () => void window.stories.flush());
  for (const button of drawer.querySelectorAll<HTMLElement>('[data-crash]')) {
    button.addEventListener('click', () => breakSomething(button.dataset.crash ?? ''));
  }
  window.stories.onLog(addLogLine);
  if (!window.roost) return;
  window.roost.onStateChange(showCounts);
  void window.roost.getState().then(showCounts);
}

function showCounts({ pending }: SettingsState): void {
  byId('count-events', HTMLElement).textContent = String(pending.events);
  byId('count-crashes', HTMLElement).textContent = String(pending.crashes);
  const dropped = Object.values(pending.dropped).reduce((sum, total) => sum + total, 0);
  byId('count-dropped', HTMLElement).textContent = String(dropped);
}

function addLogLine({ text, tone }: LogLine): void {
  const log = byId('log', HTMLOListElement);
  const item = document.createElement('li');
  item.className = tone;
  item.textContent = text;
  log.append(item);
  if (log.childElementCount > MOST_LOG_LINES) log.firstElementChild?.remove();
  item.scrollIntoView({ block: 'nearest' });
}

function breakSomething(kind: string): void {
  switch (kind) {
    case 'handled':
      try {
        JSON.parse('{"dictionary": ');
      } catch (error) {
        telemetry.captureException(error, { where: 'dictionary' });
      }
      return;
    case 'error':
      throw new RangeError('The waveform has no end');
    case 'rejection':
      void Promise.reject(new Error('The story was never saved'));
      return;
    default:
      window.stories.crash(kind as MainCrash);
  }
}
