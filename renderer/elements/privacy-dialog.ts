import { createElement } from './create-element.ts';
import { createDialog } from './dialog.ts';
import type { Texts } from './texts.ts';

/** "Learn more about privacy": what is shared, what never is, what one can do about it. */
export function createPrivacyDialog(texts: Texts, policyUrl: string | null): HTMLDialogElement {
  const section = (title: string, items: string[]): Node =>
    createElement(
      'section',
      {},
      createElement('h3', {}, title),
      createElement('ul', { class: 'muted' }, ...items.map((item) => createElement('li', {}, item))),
    );
  return createDialog(texts, {
    title: texts.text('privacyTitle'),
    body: [
      section(texts.text('privacyCollected'), texts.list('privacyCollectedItems')),
      section(texts.text('privacyNever'), texts.list('privacyNeverItems')),
      section(texts.text('privacyHow'), texts.list('privacyHowItems')),
    ],
    actions: policyUrl
      ? [
          createElement(
            'a',
            { href: policyUrl, target: '_blank', rel: 'noreferrer' },
            texts.text('privacyPolicy'),
          ),
        ]
      : [],
  });
}
