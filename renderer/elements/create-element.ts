type Attributes = Record<string, string | boolean>;

/**
 * Makes an element with attributes (`true`: present, `false`: absent) and children. Strings become text
 * nodes: nothing here is ever parsed as HTML, so Trusted Types have nothing to object to.
 */
export function createElement<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children);
  return element;
}

/** A `<button>` that acts on click; `kind` is its look. */
export function createButton(
  text: string,
  kind: 'plain' | 'primary' | 'danger' | 'link',
  onClick: () => void,
): HTMLButtonElement {
  const button = createElement('button', { type: 'button', class: kind, part: `button ${kind}` }, text);
  button.addEventListener('click', onClick);
  return button;
}
