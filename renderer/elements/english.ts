import type { Strings } from './strings.ts';

export const english: Strings = {
  shareUsage: 'Share Anonymous Usage Data',
  shareUsageDescription:
    'Help improve {app} by sharing anonymous usage statistics. We never collect your transcriptions, API keys, or personal information.',
  learnMore: 'Learn more about privacy',
  seeWaiting: 'See what is waiting to be sent',
  moreOptions: 'More options',
  shareCrashes: 'Send crash reports',
  shareCrashesDescription:
    'When {app} fails, it reports where in its code that happened. Names, paths and keys are removed first.',
  anonymousId: 'Your anonymous ID',
  exportData: 'Export my data',
  deleteData: 'Delete my data',
  close: 'Close',
  cancel: 'Cancel',

  exporting: 'Collecting your data…',
  exported: 'Saved as one file: what waits on this computer and what the server keeps.',
  exportedLocalOnly:
    'The server could not be reached, so the file holds only what waits on this computer. Try again when you are online.',
  deleteTitle: 'Delete everything?',
  deleteQuestion:
    'What waits on this computer and everything the server keeps about this install is deleted. Your anonymous ID is replaced by a new one. This cannot be undone.',
  deleteConfirm: 'Delete',
  deleting: 'Deleting your data…',
  deletedNothing: 'Deleted. The server kept nothing about this install.',
  deleted: 'Deleted from the server: {events}, {crashes}.',
  deletePending:
    'Deleted on this computer. The server could not be reached: the request is kept and repeated until the server has done it.',
  erasurePending: 'A deletion is waiting for the server. It is repeated until the server has done it.',
  failed: 'That did not work. Please try again.',

  notConnected: 'Telemetry is not running, so nothing is collected.',
  consentUnknown:
    'Your settings file cannot be read at the moment. Until it can, nothing is recorded and nothing is sent.',
  notDurable: 'Nothing can be stored on this disk at the moment; what waits is lost when {app} is closed.',

  privacyTitle: 'Privacy',
  privacyCollected: 'What is shared',
  privacyCollectedItems: [
    'Which features are used, how often, and how long they take',
    'Version of {app}, operating system, and the country of your time zone',
    'A random number made on this computer, so that uses can be counted',
    'After a crash: the error, and where in the code of {app} it happened',
  ],
  privacyNever: 'What is never shared',
  privacyNeverItems: [
    'What you say, write, record or transcribe',
    'Your name, e-mail address, account or IP address',
    'API keys, passwords, file names and exact location',
  ],
  privacyHow: 'What you can do',
  privacyHowItems: [
    'Switch it off at any time; what was waiting is deleted at once',
    'Look at every record before it is sent',
    'Export or delete everything, without an account',
  ],
  privacyPolicy: 'Read the privacy policy',

  waitingTitle: 'Waiting to be sent',
  waitingSummary: '{records} · {size}',
  waitingNothing: 'Nothing is waiting.',
  waitingOff: 'Sharing is off: no usage data is recorded.',
  waitingPaused: 'Usage data is held back until you have seen the first-run notice.',
  waitingFirst: {
    one: 'The first record, exactly as it will be sent:',
    other: 'The first {count} records, exactly as they will be sent:',
  },
  lastSent: 'Last sent: {records}, {time}',
  lastSentNever: 'Nothing was sent yet.',
  droppedTitle: 'Never sent',
  dropReasons: {
    queue_full: 'The queue was full',
    expired: 'Waited too long',
    damaged: 'Lost with a damaged file',
    before: 'Held back by {app}',
    unknown: 'Not among what {app} may collect',
    invalid: 'Not among what {app} may collect',
    unreadable: 'Could not be read',
    rejected: 'Refused by the server',
    undeliverable: 'Refused by the server',
    ipc: 'Refused from a page of {app}',
  },
  copy: 'Copy',
  copyAll: 'Copy all',
  copied: 'Copied.',
  copyByHand: 'The text is selected: press Ctrl+C or ⌘C to copy it.',

  eventCount: { one: '{count} usage event', other: '{count} usage events' },
  crashCount: { one: '{count} crash report', other: '{count} crash reports' },
  recordCount: { one: '{count} record', other: '{count} records' },

  noticeTitle: '{app} shares anonymous usage data',
  noticeText:
    'It shows us what works and what breaks. We never collect your transcriptions, API keys, or personal information. You can switch it off here, or later in the settings.',
  noticeAccept: 'OK',
  noticeRefuse: 'Switch it off',
  askTitle: 'Share anonymous usage data?',
  askAccept: 'Share',
  askRefuse: 'No, thanks',
};
