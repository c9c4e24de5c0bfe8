/** A link to another view: opens in place, and in a new tab where that is asked for. */
import type { View } from '../address.ts';
import { element, type Child } from '../dom.ts';
import { addressOf, go } from '../navigation.ts';

export function pageLink(content: Child, view: View): HTMLAnchorElement {
  return element(
    'a',
    {
      href: addressOf(view),
      onclick: (event) => {
        const click = event as MouseEvent;
        if (click.ctrlKey || click.metaKey || click.shiftKey || click.altKey) return;
        event.preventDefault();
        go(view);
      },
    },
    content,
  );
}
