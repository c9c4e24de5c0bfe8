import { createButton, createElement } from './create-element.ts';
import type { Texts } from './texts.ts';

export interface DialogParts {
  title: string;
  body: Node[];
  /** Buttons before the closing one. */
  actions?: Node[];
  closeText?: string;
  size?: 'small' | 'normal';
}

let numberOfDialogs = 0;

/** A modal dialog: the browser keeps the focus inside, closes it on Escape, and gives the focus back. */
export function createDialog(texts: Texts, parts: DialogParts): HTMLDialogElement {
  const titleId = `dialog-${(numberOfDialogs += 1)}`;
  const dialog = createElement(
    'dialog',
    { 'aria-labelledby': titleId, class: parts.size ?? 'normal', part: 'dialog', closedby: 'any' },
    createElement('header', {}, createElement('h2', { id: titleId }, parts.title)),
    // Scrolls where the window is low, and must then be reachable by keyboard.
    createElement(
      'div',
      { class: 'body', tabindex: '0', role: 'group', 'aria-labelledby': titleId },
      ...parts.body,
    ),
    createElement(
      'footer',
      {},
      createElement('div', { class: 'row' }, ...(parts.actions ?? [])),
      createButton(parts.closeText ?? texts.text('close'), 'plain', () => dialog.close()),
    ),
  );
  return dialog;
}
