/** Records as they arrive. */
import { recentSection } from '../sections/recent.ts';
import { sectionsPage, type Page } from './page.ts';

export function livePage(): Page {
  return sectionsPage([recentSection()]);
}
