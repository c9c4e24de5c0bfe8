import type { RoostBridge, SettingsState } from '../bridge.ts';
import { createButton, createElement } from './create-element.ts';
import { createPrivacyDialog } from './privacy-dialog.ts';
import { RoostElement, type View } from './roost-element.ts';
import type { Texts } from './texts.ts';

/**
 * `<roost-first-run-notice app="Stories">`: says once that usage data is shared, and lets the user refuse.
 * With `consent: 'opt-in'` it asks instead, and stays until it is answered. `inline`: part of the page's flow
 * instead of a card in the corner. Fires `roost-notice-closed` after the answer.
 */
export class RoostFirstRunNotice extends RoostElement {
  /** Outlives a redraw: new texts must not take away what nobody has answered yet. */
  #open = false;

  protected draw(bridge: RoostBridge | undefined, texts: Texts): View {
    if (!bridge) return { nodes: [], update: () => undefined };

    const title = createElement('h2', { id: 'title' });
    const accept = createButton('', 'primary', () => void answer(true));
    const refuse = createButton('', 'plain', () => void answer(false));
    const problem = createElement('p', { role: 'status', class: 'note problem' });
    const privacy = createPrivacyDialog(texts, this.getAttribute('privacy-url'));
    const card = createElement(
      'section',
      { class: 'card notice', part: 'card', 'aria-labelledby': 'title', lang: texts.language },
      title,
      createElement('p', { class: 'muted' }, texts.text('noticeText')),
      createButton(texts.text('learnMore'), 'link', () => privacy.showModal()),
      createElement('div', { class: 'row' }, accept, refuse),
      problem,
    );
    card.hidden = true;
    let answered = false;
    let asks = false;

    const answer = async (agreed: boolean): Promise<void> => {
      try {
        if (!agreed || asks) await bridge.setEnabled(agreed);
        await bridge.noticeShown();
      } catch {
        problem.textContent = texts.text('failed');
        return;
      }
      answered = true;
      this.#open = false;
      card.hidden = true;
      this.dispatchEvent(new CustomEvent('roost-notice-closed', { bubbles: true, composed: true }));
    };
    /** Shown means: on a screen, not merely in a document. A hidden window draws nothing, so nothing is observed. */
    const seen = new IntersectionObserver((entries) => {
      if (asks || !entries.some((entry) => entry.isIntersecting)) return;
      seen.disconnect();
      bridge.noticeShown().catch(() => undefined); // the answer says it again
    });

    return {
      nodes: [card, privacy],
      update: (state) => {
        if (answered || !card.hidden || !(this.#open || isDue(state))) return;
        this.#open = true;
        asks = state.consentMode === 'opt-in';
        title.textContent = texts.text(asks ? 'askTitle' : 'noticeTitle');
        accept.textContent = texts.text(asks ? 'askAccept' : 'noticeAccept');
        refuse.textContent = texts.text(asks ? 'askRefuse' : 'noticeRefuse');
        card.hidden = false;
        seen.observe(card);
      },
    };
  }
}

/** Not after it was shown, not while config.json cannot be read, and not to someone who refused already. */
function isDue({ consentKnown, noticeShown, usageEnabled, consentMode }: SettingsState): boolean {
  return consentKnown && !noticeShown && (usageEnabled || consentMode === 'opt-in');
}
