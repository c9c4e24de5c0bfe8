import type { View } from '../address.ts';
import { element } from '../dom.ts';
import type { Section } from '../parts/section.ts';

export interface Page {
  element: HTMLElement;
  /** Shown in the navigation; empty where the page has no parts. */
  sections: Section[];
  /** Asks for everything the page shows and draws it. Rejects when something failed, after the rest was drawn. */
  load(view: View): Promise<void>;
}

/** Sections below each other. */
export function sectionsPage(sections: Section[]): Page {
  return {
    element: element('div', { class: 'page' }, ...sections.map((section) => section.element)),
    sections,
    load: (view) => loadAll(sections, view),
  };
}

async function loadAll(sections: Section[], view: View): Promise<void> {
  const results = await Promise.allSettled(sections.map((section) => section.load(view)));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
