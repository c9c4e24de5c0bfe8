/** One crash in full: message, stack, what happened before it, and the state of its process. */
import type { StoredCrash } from '../api-types.ts';
import { element, type Child } from '../dom.ts';
import { countryName, moment, timeOfDay, words } from '../format.ts';

export function crashReport(crash: StoredCrash): HTMLElement {
  const { breadcrumbs, ...context } = crash.context ?? {};
  return element(
    'article',
    { class: 'report' },
    element('p', { class: 'report-message' }, crash.error_message),
    facts([
      ['Time', moment(crash.timestamp)],
      ['Type', words(crash.crash_type)],
      ['App version', crash.app_version],
      ['System', crash.os_version ?? crash.platform],
      ['Country', crash.country && countryName(crash.country)],
      ['Environment', crash.environment],
    ]),
    element('h4', {}, 'Stack'),
    crash.stack_trace
      ? element(
          'pre',
          { class: 'stack', tabindex: 0, 'aria-label': 'Stack' },
          ...stackLines(crash.stack_trace),
        )
      : element('p', { class: 'note' }, 'This crash carries no stack.'),
    element('h4', {}, 'What happened before'),
    breadcrumbList(breadcrumbs),
    element('h4', {}, 'Context'),
    facts(Object.entries(context).map(([name, value]) => [words(name), plainValue(value)])),
  );
}

/** Frames of the app stand out from those of its libraries and of the runtime. */
function stackLines(stack: string): HTMLElement[] {
  return stack.split('\n').map((line) => {
    const foreign = /node:|node_modules|electron\/js2c/.test(line);
    return element('span', { class: foreign ? 'frame foreign' : 'frame' }, `${line}\n`);
  });
}

function breadcrumbList(breadcrumbs: unknown): HTMLElement {
  const list = (Array.isArray(breadcrumbs) ? breadcrumbs : []).filter(isBreadcrumb);
  if (list.length === 0) return element('p', { class: 'note' }, 'No breadcrumbs.');
  return element(
    'ol',
    { class: 'breadcrumbs' },
    ...list.map(({ at, message }) =>
      element('li', {}, element('time', { datetime: at }, timeOfDay(at)), element('span', {}, message)),
    ),
  );
}

function isBreadcrumb(value: unknown): value is { at: string; message: string } {
  const { at, message } = (value ?? {}) as { at?: unknown; message?: unknown };
  return typeof message === 'string' && typeof at === 'string' && !Number.isNaN(Date.parse(at));
}

function facts(rows: [name: string, value: Child][]): HTMLElement {
  return element(
    'dl',
    { class: 'facts' },
    ...rows.map(([name, value]) =>
      element('div', {}, element('dt', {}, name), element('dd', {}, value || 'unknown')),
    ),
  );
}

function plainValue(value: unknown): string {
  if (value === null || value === undefined) return 'unknown';
  if (typeof value !== 'object') return String(value);
  return Object.entries(value)
    .map(([name, inner]) => `${words(name)} ${typeof inner === 'object' ? JSON.stringify(inner) : inner}`)
    .join(' · ');
}
