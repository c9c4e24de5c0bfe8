/** Warnings for the app's log: each kind once a run, so that a lasting trouble does not fill it. */
export type Warn = (kind: string, message: string) => void;

/** Kinds may hold names that come from a page: a hostile one must not fill the log. */
const MAX_KINDS = 200;

export function createWarn(logger: (message: string) => void): Warn {
  const said = new Set<string>();
  return (kind, message) => {
    if (said.has(kind) || said.size >= MAX_KINDS) return;
    said.add(kind);
    try {
      logger(`Roost: ${message}`);
    } catch {
      // A logger that throws is the app's own matter, and no reason to lose a record.
    }
  };
}

/** What went wrong, in the error's own words. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
