/**
 * The frame of a section, and its states: loading (places are kept, nothing jumps), ready, and failed (in plain
 * words, with a retry). A failed refresh leaves the figures of before in place; the page says how old they are.
 */
import type { View } from '../address.ts';
import type { Compared } from '../ask.ts';
import { element, fill } from '../dom.ts';
import type { Part } from './part.ts';

export interface Section {
  id: string;
  title: string;
  element: HTMLElement;
  /** Asks for this view and draws it. Rejects when that failed, after it was said on the page. */
  load(view: View): Promise<void>;
}

export interface SectionOptions<Data> {
  id: string;
  title: string;
  lead: string;
  parts: Part<Data>[];
  /** Comes last: the definitions of the figures. */
  foot?: HTMLElement;
  ask(view: View): Promise<Compared<Data>>;
}

export function createSection<Data>(options: SectionOptions<Data>): Section {
  const { id, title, lead, parts, foot, ask } = options;
  const failure = element('div', { class: 'failure', role: 'alert', hidden: true });
  const frame = element(
    'section',
    { id, class: 'section', 'aria-labelledby': `${id}-title`, 'aria-busy': 'true', 'data-state': 'loading' },
    element(
      'header',
      { class: 'section-head' },
      element('h2', { id: `${id}-title` }, title),
      element('p', { class: 'lead' }, lead),
    ),
    failure,
    element('div', { class: 'grid' }, ...parts.map((part) => part.element)),
    foot,
  );
  let shown: Compared<Data> | null = null;
  let shownView: View | null = null;
  let latest = 0;

  async function load(view: View): Promise<void> {
    latest += 1;
    const mine = latest;
    if (shown && view !== shownView) setState('updating');
    try {
      const answer = await ask(view);
      if (mine !== latest) return; // another view was chosen meanwhile
      if (answer.current !== shown?.current || answer.previous !== shown.previous) {
        for (const part of parts) part.update(answer.current, answer.previous);
      }
      shown = answer;
      shownView = view;
      failure.hidden = true;
      setState('ready');
    } catch (error) {
      if (mine !== latest) return;
      if (!shown) showFailure(error, () => void load(view).catch(() => {}));
      setState(shown ? 'ready' : 'failed');
      throw error;
    }
  }

  function setState(state: 'loading' | 'updating' | 'ready' | 'failed'): void {
    frame.dataset.state = state;
    frame.setAttribute('aria-busy', String(state === 'loading' || state === 'updating'));
  }

  function showFailure(error: unknown, retry: () => void): void {
    const message = error instanceof Error ? error.message : String(error);
    fill(
      failure,
      element('p', {}, message),
      element('button', { type: 'button', class: 'button', onclick: retry }, 'Try again'),
    );
    failure.hidden = false;
  }

  return {
    id,
    title,
    element: frame,
    load(view) {
      return load(view);
    },
  };
}
