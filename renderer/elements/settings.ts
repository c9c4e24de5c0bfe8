import type { RoostBridge, SettingsState } from '../bridge.ts';
import { createButton, createElement } from './create-element.ts';
import { createPrivacyDialog } from './privacy-dialog.ts';
import { RoostElement, type View } from './roost-element.ts';
import { createSwitch } from './switch.ts';
import type { Texts } from './texts.ts';
import { createUserData } from './user-data.ts';
import { createWaitingDialog } from './waiting-dialog.ts';

/**
 * `<roost-settings app="Stories" privacy-url="https://…">`: consent, transparency, export and erasure.
 * Fires `roost-export` with the data as `detail` before a file is offered; `preventDefault()` leaves saving to the app.
 */
export class RoostSettings extends RoostElement {
  protected draw(bridge: RoostBridge | undefined, texts: Texts): View {
    if (!bridge) return drawNotConnected(texts);

    const status = createElement('p', { role: 'status', class: 'note' });
    const say = (text: string): void => {
      status.textContent = text;
    };
    const change = async (request: Promise<SettingsState>): Promise<void> => {
      try {
        this.update(await request);
        say('');
      } catch (error) {
        say(texts.text('failed'));
        throw error;
      }
    };
    const usage = createSwitch('usage', texts.text('shareUsage'), texts.text('shareUsageDescription'), (on) =>
      change(bridge.setEnabled(on)),
    );
    const crashes = createSwitch(
      'crashes',
      texts.text('shareCrashes'),
      texts.text('shareCrashesDescription'),
      (on) => change(bridge.setCrashReportsEnabled(on)),
    );
    const userData = createUserData({
      bridge,
      texts,
      app: this.app,
      say,
      offerToApp: (data) =>
        this.dispatchEvent(
          new CustomEvent('roost-export', { detail: data, bubbles: true, composed: true, cancelable: true }),
        ),
    });
    const privacy = createPrivacyDialog(texts, this.getAttribute('privacy-url'));
    const waiting = createWaitingDialog(texts, bridge);
    const problem = createElement('p', { class: 'note problem' });
    const erasure = createElement('p', { class: 'note' });
    const userId = createElement('code', {});
    let latest: SettingsState | undefined;

    const card = createElement(
      'section',
      { class: 'card', part: 'card', 'aria-label': texts.text('shareUsage'), lang: texts.language },
      ...usage.nodes,
      problem,
      createElement(
        'div',
        { class: 'row links' },
        createButton(texts.text('learnMore'), 'link', () => privacy.showModal()),
        createButton(texts.text('seeWaiting'), 'link', () => {
          waiting.dialog.showModal();
          if (latest) waiting.update(latest);
        }),
      ),
      createElement('hr'),
      createElement('div', { class: 'row' }, userData.exportButton, userData.deleteButton),
      status,
      erasure,
      createElement(
        'details',
        {},
        createElement('summary', { class: 'muted' }, texts.text('moreOptions')),
        createElement(
          'div',
          { class: 'inside' },
          ...crashes.nodes,
          createElement('p', { class: 'muted' }, `${texts.text('anonymousId')}: `, userId),
        ),
      ),
    );
    return {
      nodes: [card, privacy, waiting.dialog, userData.deleteDialog],
      update(state) {
        latest = state;
        usage.show(state.usageEnabled, state.consentKnown);
        crashes.show(state.crashReportsEnabled, state.consentKnown);
        problem.textContent = problemOf(state, texts);
        erasure.textContent = state.erasurePending && !status.textContent ? texts.text('erasurePending') : '';
        userId.textContent = state.userId;
        waiting.update(state);
      },
    };
  }
}

function problemOf(state: SettingsState, texts: Texts): string {
  if (!state.consentKnown) return texts.text('consentUnknown');
  return state.pending.health.durable ? '' : texts.text('notDurable');
}

function drawNotConnected(texts: Texts): View {
  const text = createElement('p', { class: 'muted' }, texts.text('notConnected'));
  return {
    nodes: [createElement('section', { class: 'card', part: 'card', lang: texts.language }, text)],
    update: () => undefined,
  };
}
