/** The app's own events: all of them, or the one that the address names. */
import { eventDetailSection } from '../sections/event-detail.ts';
import { eventListSection } from '../sections/event-list.ts';
import { listAndDetailPage } from './list-and-detail-page.ts';
import type { Page } from './page.ts';

export function eventsPage(): Page {
  return listAndDetailPage({
    page: 'events',
    back: 'All events',
    list: eventListSection,
    detail: eventDetailSection,
  });
}
