import { createElement } from './create-element.ts';

export interface Switch {
  nodes: Node[];
  show(on: boolean, usable: boolean): void;
}

/** A labelled switch with its description. `change` may fail: the switch then goes back. */
export function createSwitch(
  id: string,
  label: string,
  description: string,
  change: (on: boolean) => Promise<void>,
): Switch {
  const input = createElement('input', {
    type: 'checkbox',
    role: 'switch',
    id,
    'aria-describedby': `${id}-text`,
  });
  input.disabled = true; // until the state is known
  input.addEventListener('change', () => {
    const wanted = input.checked;
    change(wanted).catch(() => {
      input.checked = !wanted;
    });
  });
  return {
    nodes: [
      createElement('label', { class: 'switch', part: 'switch' }, label, input),
      createElement('p', { class: 'muted', id: `${id}-text` }, description),
    ],
    show(on, usable) {
      input.checked = on;
      input.disabled = !usable;
    },
  };
}
