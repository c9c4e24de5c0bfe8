/** The last steps before a failure. Texts are raw: a crash report is scrubbed as a whole when it is recorded. */

export interface Breadcrumb {
  /** RFC 3339, UTC. */
  at: string;
  message: string;
  /** Set where the step names a usage event: forgotten when usage telemetry is switched off. */
  event?: true;
}

export interface Breadcrumbs {
  /** `event`: the step names a usage event. */
  add(message: string, options?: { event?: boolean }): void;
  /** Oldest first. */
  list(): Breadcrumb[];
  forgetEvents(): void;
  /** The steps belong to a user who is to be forgotten. */
  forgetAll(): void;
  /** Calls back with each new step, and with null where steps were forgotten. */
  onChange(listener: (added: Breadcrumb | null) => void): void;
}

/** Enough to see what led to a crash, few enough to read. */
const MAX_BREADCRUMBS = 50;
/** Characters; a step is a phrase. */
const MAX_MESSAGE_LENGTH = 200;

export function createBreadcrumbs(now: () => number = Date.now): Breadcrumbs {
  let steps: Step[] = [];
  const listeners: ((added: Breadcrumb | null) => void)[] = [];
  const tell = (added: Step | null): void => {
    for (const listener of listeners) listener(added && toBreadcrumb(added));
  };
  const keep = (wanted: (step: Step) => boolean): void => {
    const kept = steps.filter(wanted);
    if (kept.length === steps.length) return;
    steps = kept;
    tell(null);
  };
  return {
    add(message, options) {
      const step = { at: now(), message: shorten(String(message)), isEvent: options?.event ?? false };
      steps.push(step);
      if (steps.length > MAX_BREADCRUMBS) steps.shift();
      tell(step);
    },
    list: () => steps.map(toBreadcrumb),
    forgetEvents: () => keep(({ isEvent }) => !isEvent),
    forgetAll: () => keep(() => false),
    onChange: (listener) => void listeners.push(listener),
  };
}

/** As it is kept: every `track` adds a step, and few are ever read. */
interface Step {
  /** Milliseconds since the epoch. */
  at: number;
  message: string;
  isEvent: boolean;
}

function toBreadcrumb({ at, message, isEvent }: Step): Breadcrumb {
  const breadcrumb: Breadcrumb = { at: new Date(at).toISOString(), message };
  if (isEvent) breadcrumb.event = true;
  return breadcrumb;
}

/** In code points; the first slice keeps a text of megabytes from being split into characters. */
function shorten(text: string): string {
  if (text.length <= MAX_MESSAGE_LENGTH) return text.toWellFormed();
  const characters = Array.from(text.slice(0, MAX_MESSAGE_LENGTH * 2));
  return characters.slice(0, MAX_MESSAGE_LENGTH).join('').toWellFormed();
}
