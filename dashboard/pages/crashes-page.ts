/** Crash groups, or the one that the address names. */
import { crashDetailSection } from '../sections/crash-detail.ts';
import { crashListSection } from '../sections/crash-list.ts';
import { listAndDetailPage } from './list-and-detail-page.ts';
import type { Page } from './page.ts';

export function crashesPage(): Page {
  return listAndDetailPage({
    page: 'crashes',
    back: 'All crash groups',
    list: crashListSection,
    detail: crashDetailSection,
  });
}
