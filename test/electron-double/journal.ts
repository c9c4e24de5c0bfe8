/** What the double did that only a person before the screen would see, for tests to read. */
export type JournalEntry =
  | { type: 'dialog'; title: string; content: string }
  | { type: 'quit'; exitCode: number }
  | { type: 'crash_reporter'; options: unknown };

export type Journal = (entry: JournalEntry) => void;
