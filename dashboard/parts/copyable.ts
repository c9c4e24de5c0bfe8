/** Code with a button that copies it. */
import { element } from '../dom.ts';

export function copyable(code: string, label: string): HTMLElement {
  const text = element('code', {}, code);
  const button = element('button', { type: 'button', class: 'button', onclick: () => void copy() }, 'Copy');
  const told = element('span', { class: 'note', role: 'status' });

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(code);
      told.textContent = 'Copied.';
    } catch {
      // Browsers give the clipboard to https and loopback only.
      getSelection()?.selectAllChildren(text);
      told.textContent = 'Selected: copy it with the keyboard.';
    }
  }

  return element(
    'div',
    { class: 'copyable' },
    element('pre', { tabindex: 0, role: 'group', 'aria-label': label }, text),
    element('div', { class: 'copyable-foot' }, button, told),
  );
}
