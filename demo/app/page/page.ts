/** The window of Stories: wires the parts together. */
import '@roost-telemetry/electron/elements';

import { byId } from './by-id.ts';
import { startDrawer } from './drawer.ts';
import { createRecorder, type RecorderState, type Source } from './recorder.ts';
import { createStoriesList, formatSeconds } from './stories-list.ts';
import { telemetry } from './telemetry.ts';
import { createWaveform } from './waveform.ts';

const STATUS: Record<RecorderState, string> = {
  idle: 'Press to tell a story',
  recording: 'Listening',
  transcribing: 'Writing it down',
};

const stage = byId('recorder', HTMLElement);
const button = byId('record', HTMLButtonElement);
const clock = byId('clock', HTMLElement);
const failNext = byId('fail-next', HTMLInputElement);
const autoPaste = byId('auto-paste', HTMLInputElement);
const waveform = createWaveform(byId('waveform', HTMLCanvasElement));
const words: string[] = [];

const stories = createStoriesList(({ recording, errorType }) => void recorder.retry(recording, errorType));
const recorder = createRecorder({
  speed: Number(new URLSearchParams(location.search).get('speed') ?? 1),
  onState: showState,
  onOutcome: (outcome) => stories.add(outcome),
  nextFails() {
    const fails = failNext.checked;
    failNext.checked = false;
    return fails;
  },
  dictionarySize: () => words.length,
});

function showState(state: RecorderState): void {
  stage.dataset.state = state;
  byId('status', HTMLElement).textContent = STATUS[state];
  button.setAttribute('aria-label', state === 'recording' ? 'Stop recording' : 'Start recording');
  button.disabled = state === 'transcribing';
  if (state === 'recording') {
    waveform.start();
    requestAnimationFrame(showClock);
  } else waveform.stop();
}

function showClock(): void {
  if (stage.dataset.state !== 'recording') return;
  clock.textContent = formatSeconds(recorder.elapsedSeconds());
  requestAnimationFrame(showClock);
}

function chosenSource(): Source {
  return document.querySelector<HTMLInputElement>('[name=source]:checked')?.value === 'widget'
    ? 'widget'
    : 'main_window';
}

button.addEventListener('click', () => {
  if (stage.dataset.state === 'recording') void recorder.stop();
  else recorder.start(chosenSource());
});
autoPaste.addEventListener('change', () => {
  telemetry.track('feature_toggled', { feature: 'auto_paste', enabled: autoPaste.checked });
});
byId('open-settings', HTMLButtonElement).addEventListener('click', () =>
  byId('settings', HTMLDialogElement).showModal(),
);
byId('add-word', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  const input = byId('word', HTMLInputElement);
  const word = input.value.trim();
  input.value = '';
  if (!word) return;
  words.push(word);
  const item = document.createElement('li');
  item.textContent = word;
  byId('words', HTMLUListElement).append(item);
});
startDrawer();
