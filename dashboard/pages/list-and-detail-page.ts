/** A page that shows a list, or the one thing of it that the address names. */
import type { PageName, View } from '../address.ts';
import { element, fill } from '../dom.ts';
import { currentView } from '../navigation.ts';
import { pageLink } from '../parts/page-link.ts';
import type { Section } from '../parts/section.ts';
import type { Page } from './page.ts';

export function listAndDetailPage(options: {
  page: PageName;
  /** Text of the link from the detail to the list. */
  back: string;
  list(): Section;
  detail(item: string): Section;
}): Page {
  const holder = element('div', { class: 'page' });
  const list = options.list();
  let shown: { item: string | null; section: Section } | null = null;

  function show({ item }: View): Section {
    if (shown?.item === item) return shown.section;
    const section = item === null ? list : options.detail(item);
    shown = { item, section };
    fill(
      holder,
      item === null
        ? null
        : element(
            'p',
            { class: 'back' },
            '← ',
            pageLink(options.back, { ...currentView(), page: options.page, item: null }),
          ),
      section.element,
    );
    return section;
  }

  return {
    element: holder,
    sections: [],
    load: (view) => show(view).load(view),
  };
}
