/** The settings in use, as an administrator may see them on a screen: nothing in them opens a door. */
import { type ServerConfig, WEEKDAYS } from './config.ts';

export interface ShownSetting {
  name: string;
  value: string;
}

export function shownSettings(config: ServerConfig): ShownSetting[] {
  const shown: Record<string, string> = {
    DATABASE_URL:
      config.databaseUrl === null ? `embedded, under ${config.dataDir}` : withoutSecrets(config.databaseUrl),
    HOST: config.host,
    PORT: String(config.port),
    INGEST_KEYS:
      config.ingestKeys.length === 0 ? 'none: everybody may send' : config.ingestKeys.map(masked).join(', '),
    DASHBOARD_USER: config.dashboardUser,
    DASHBOARD_PASSWORD: config.passwordMade ? 'made for this run' : 'set',
    CORS_ORIGINS: config.corsOrigins.join(', ') || 'none',
    TRUST_PROXY: String(config.trustProxy),
    RATE_LIMIT: config.rateLimit === 0 ? 'none' : `${config.rateLimit} requests a minute and address`,
    RETENTION_DAYS: String(config.retentionDays),
    CATALOGUE: `${Object.keys(config.catalogue).length} events`,
    DATABASE_SIZE_LIMIT_MB:
      config.databaseSizeLimitMb === null ? 'not set' : String(config.databaseSizeLimitMb),
    DATABASE_EXPIRES_ON: config.databaseExpiresOn ?? 'not set',
    PUBLIC_URL: config.publicUrl ?? 'not set',
    SMTP_URL: config.smtpUrl === null ? 'not set' : withoutSecrets(config.smtpUrl),
    MAIL_FROM: config.mailFrom ?? 'not set',
    REPORT_TO: config.reportTo.join(', ') || 'nobody',
    REPORT_WEEKDAY: WEEKDAYS[config.reportWeekday]!,
    REPORT_TIME: `${twoDigits(config.reportTime.hour)}:${twoDigits(config.reportTime.minute)} UTC`,
    ALERT_TO: config.alertTo.join(', ') || 'nobody',
    ALERT_WEBHOOK_URL: config.alertWebhookUrl === null ? 'not set' : withoutSecrets(config.alertWebhookUrl),
    ALERT_WEBHOOK_SECRET: config.alertWebhookSecret === null ? 'not set' : 'set',
    ALERT_ERROR_RATE: percent(config.alertErrorRate),
    ALERT_MIN_COUNT: String(config.alertMinCount),
    ALERT_WINDOW_MINUTES: String(config.alertWindowMinutes),
    ALERT_CRASH_FREE_DROP: percent(config.alertCrashFreeDrop),
    ALERT_SILENCE_MINUTES:
      config.alertSilenceMinutes === null ? 'learned' : String(config.alertSilenceMinutes),
    SLOW_QUERY_MS: String(config.slowQueryMs),
    LOG_LEVEL: config.logLevel,
  };
  return Object.entries(shown).map(([name, value]) => ({ name, value }));
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(6))}%`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}

/** Enough to tell two keys apart. */
function masked(key: string): string {
  return key.length <= 8 ? '…' : `${key.slice(0, 6)}…`;
}

/** Scheme and host: paths and queries of webhooks are secrets too; a database's name is not. */
function withoutSecrets(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return protocol.startsWith('postgres') ? `${protocol}//${host}${pathname}` : `${protocol}//${host}`;
}
