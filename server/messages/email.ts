/** Mails, by the SMTP server of the settings. */
import { isIP } from 'node:net';

import { createTransport } from 'nodemailer';

import { type ServerConfig, isMailAddress } from '../config.ts';
import type { MailContent } from '../store/messages.ts';

/** Of each step; `SMTP_URL` may say otherwise in its query. nodemailer would wait ten minutes. */
const PATIENCE = {
  connectionTimeout: 10_000,
  greetingTimeout: 10_000,
  socketTimeout: 15_000,
  dnsTimeout: 10_000,
};
/** Of all steps: a server that sends a byte now and then is given up too, before another attempt begins. */
const TOTAL_MS = 45_000;

type Recipients = MailContent['to'];

const ADDRESSES = { alert: 'alertTo', report: 'reportTo' } as const;

function recipients(config: ServerConfig, to: Recipients): string[] {
  return config[ADDRESSES[to]].filter(isMailAddress);
}

export function canMail(config: ServerConfig, to: Recipients): boolean {
  return config.smtpUrl !== null && recipients(config, to).length > 0;
}

/** Addresses that cannot be written to. They are left out: the others still get their mail. */
export function addressProblems(config: ServerConfig): string[] {
  const wrong = [...new Set([...config.alertTo, ...config.reportTo])].filter((text) => !isMailAddress(text));
  const problems = wrong.map((text) => `${JSON.stringify(text)} is no mail address and gets no mail.`);
  const wanted = config.alertTo.length + config.reportTo.length > 0;
  return wanted && config.smtpUrl === null
    ? [...problems, 'SMTP_URL is not set: no mail is sent.']
    : problems;
}

export async function sendMail(
  config: ServerConfig,
  { to, subject, text, html }: MailContent,
): Promise<void> {
  if (!canMail(config, to)) throw new Error('mail is not set up: SMTP_URL and an address are needed');
  const url = new URL(config.smtpUrl!);
  for (const [name, value] of Object.entries(PATIENCE)) {
    if (!url.searchParams.has(name)) url.searchParams.set(name, String(value));
  }
  const transport = createTransport(url.href);
  try {
    const { rejected } = await transport.sendMail({
      from: { name: 'Roost', address: sender(config) },
      to: recipients(config, to),
      subject,
      text,
      html,
      disableFileAccess: true,
      disableUrlAccess: true,
      signal: AbortSignal.timeout(TOTAL_MS),
    });
    if (rejected.length > 0) throw new Error(`the mail server refused ${rejected.length} of the addresses`);
  } finally {
    transport.close();
  }
}

function sender({ mailFrom, smtpUrl }: ServerConfig): string {
  if (mailFrom !== null) return mailFrom;
  const { username, hostname } = new URL(smtpUrl!);
  const user = decodeURIComponent(username);
  if (isMailAddress(user)) return user;
  return `roost@${isIP(hostname.replaceAll(/[[\]]/g, '')) === 0 ? hostname : 'localhost'}`;
}
