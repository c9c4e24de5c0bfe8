import type { View } from '../address.ts';
import type { Section } from '../parts/section.ts';

export interface Page {
  element: HTMLElement;
  /** Shown in the navigation; empty where the page has no parts. */
  sections: Section[];
  /** Asks for everything the page shows and draws it. Rejects when something failed. */
  load(view: View): Promise<void>;
}
