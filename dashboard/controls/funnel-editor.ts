/** Chooses the steps of the funnel and its window. What is chosen goes to the address. */
import { element, fill } from '../dom.ts';
import { words } from '../format.ts';
import { currentView, go } from '../navigation.ts';
import { createPopover } from './popover.ts';

const MIN_STEPS = 2;
const MAX_STEPS = 10;
const MAX_WINDOW_DAYS = 90;

export interface FunnelEditor {
  element: HTMLElement;
  offer(events: string[]): void;
}

export function createFunnelEditor(): FunnelEditor {
  let events: string[] = [];
  let steps: string[] = [];
  const list = element('ol', { class: 'steps' });
  const add = element('button', { type: 'button', class: 'button', onclick: addStep }, 'Add a step');
  const windowDays = element('input', {
    type: 'number',
    id: 'funnel-window',
    min: 1,
    max: MAX_WINDOW_DAYS,
    required: true,
  });
  const form = element(
    'form',
    { class: 'funnel-form', onsubmit: apply },
    list,
    add,
    element(
      'div',
      { class: 'field' },
      element('label', { for: 'funnel-window' }, 'Window in days'),
      windowDays,
    ),
    element('button', { type: 'submit', class: 'button primary' }, 'Show this funnel'),
  );
  const popover = createPopover('Steps of the funnel', 'Edit steps', form);
  popover.button.className = 'tool';
  popover.button.addEventListener('click', () => {
    steps = [...currentView().funnel.steps];
    windowDays.value = String(currentView().funnel.windowDays);
    draw();
  });

  function draw(): void {
    add.hidden = steps.length >= MAX_STEPS;
    fill(list, ...steps.map(stepField));
  }

  function stepField(step: string, index: number): HTMLElement {
    const known = events.includes(step) ? events : [step, ...events];
    const select = element(
      'select',
      { 'aria-label': `Step ${index + 1}`, onchange: () => (steps[index] = select.value) },
      ...known.map((event) => element('option', { value: event, selected: event === step }, words(event))),
    );
    return element(
      'li',
      { class: 'field' },
      select,
      steps.length > MIN_STEPS &&
        element(
          'button',
          {
            type: 'button',
            class: 'tool',
            'aria-label': `Remove step ${index + 1}`,
            onclick: () => remove(index),
          },
          'Remove',
        ),
    );
  }

  function remove(index: number): void {
    steps.splice(index, 1);
    draw();
    add.focus();
  }

  function addStep(): void {
    steps.push(events.find((event) => !steps.includes(event)) ?? steps.at(-1) ?? '');
    draw();
    list.lastElementChild?.querySelector('select')?.focus();
  }

  function apply(event: Event): void {
    event.preventDefault();
    popover.close();
    go({ funnel: { steps, windowDays: Number(windowDays.value) } });
  }

  return {
    element: popover.element,
    offer(names) {
      events = names;
    },
  };
}
