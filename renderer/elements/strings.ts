/**
 * Every text that the elements show. `{app}` is the app's name, `{count}` and the like are filled in
 * where they stand. An app overrides single texts, or translates all, through the elements' `strings`.
 */

/** One text per plural category of `Intl.PluralRules`; `other` is used where a category is missing. */
export type Plural = { other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;

export interface Strings {
  shareUsage: string;
  shareUsageDescription: string;
  learnMore: string;
  seeWaiting: string;
  moreOptions: string;
  shareCrashes: string;
  shareCrashesDescription: string;
  anonymousId: string;
  exportData: string;
  deleteData: string;
  close: string;
  cancel: string;

  exporting: string;
  exported: string;
  exportedLocalOnly: string;
  deleteTitle: string;
  deleteQuestion: string;
  deleteConfirm: string;
  deleting: string;
  deletedNothing: string;
  /** Holds `{events}` and `{crashes}`, which are counted by the plurals below. */
  deleted: string;
  deletePending: string;
  erasurePending: string;
  failed: string;

  notConnected: string;
  consentUnknown: string;
  notDurable: string;

  privacyTitle: string;
  privacyCollected: string;
  privacyCollectedItems: string[];
  privacyNever: string;
  privacyNeverItems: string[];
  privacyHow: string;
  privacyHowItems: string[];
  privacyPolicy: string;

  waitingTitle: string;
  /** Holds `{records}` and `{size}`. */
  waitingSummary: string;
  waitingNothing: string;
  waitingOff: string;
  waitingPaused: string;
  /** Said above the list where more waits than is shown. */
  waitingFirst: Plural;
  /** Holds `{records}` and `{time}`. */
  lastSent: string;
  lastSentNever: string;
  droppedTitle: string;
  /** By reason, or by its first word: `rejected` stands for `rejected_too_old` too. */
  dropReasons: Record<string, string>;
  copy: string;
  copyAll: string;
  copied: string;
  copyByHand: string;

  eventCount: Plural;
  crashCount: Plural;
  recordCount: Plural;

  noticeTitle: string;
  noticeText: string;
  noticeAccept: string;
  noticeRefuse: string;
  askTitle: string;
  askAccept: string;
  askRefuse: string;
}
