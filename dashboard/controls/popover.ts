/** A button with a panel under it. The browser's own popover brings closing by Escape, by a click beside, and focus. */
import { element, type Child } from '../dom.ts';

export interface PopoverControl {
  element: HTMLElement;
  button: HTMLButtonElement;
  close(): void;
}

/** Room kept to the window's edges. */
const MARGIN_PX = 12;

export function createPopover(name: string, label: string, ...content: Child[]): PopoverControl {
  const panel = element(
    'div',
    { class: 'popover', popover: 'auto', role: 'dialog', 'aria-label': name },
    ...content,
  );
  const button = element('button', { type: 'button', class: 'control', 'aria-expanded': 'false' }, label);
  button.popoverTargetElement = panel;

  function place(): void {
    const { left, bottom } = button.getBoundingClientRect();
    const rightmost = document.documentElement.clientWidth - panel.offsetWidth - MARGIN_PX;
    panel.style.left = `${Math.max(MARGIN_PX, Math.min(left, rightmost))}px`;
    panel.style.top = `${bottom + 6}px`;
    panel.style.maxHeight = `${Math.max(160, window.innerHeight - bottom - 6 - MARGIN_PX)}px`;
  }
  panel.addEventListener('toggle', () => {
    const open = panel.matches(':popover-open');
    button.setAttribute('aria-expanded', String(open));
    if (open) {
      place();
      addEventListener('resize', place);
      addEventListener('scroll', place, { passive: true });
    } else {
      removeEventListener('resize', place);
      removeEventListener('scroll', place);
    }
  });
  return {
    element: element('div', { class: 'popover-control' }, button, panel),
    button,
    close: () => panel.hidePopover(),
  };
}
