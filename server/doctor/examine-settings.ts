/** Settings that are allowed, but perhaps not meant. */
import { type ServerConfig, isLoopback } from '../config.ts';
import { dashboardFolder } from '../dashboard-folder.ts';
import { type Finding, bad, good, warning } from './finding.ts';

const MIN_KEY_LENGTH = 16;
const MIN_PASSWORD_LENGTH = 12;

export function examineSettings(config: ServerConfig): Finding[] {
  return [examineAddress(config), examineKeys(config), examinePassword(config), examineDashboard()];
}

function examineAddress({ host, port, trustProxy }: ServerConfig): Finding {
  const address = `listens on ${host}, port ${port}`;
  if (isLoopback(host) || trustProxy > 0) return good('settings', `${address}, behind ${trustProxy} proxies`);
  return warning(
    'settings',
    `${address}, and TRUST_PROXY is 0: if a proxy stands in front, set TRUST_PROXY=1, or all users share one rate limit`,
  );
}

function examineKeys({ ingestKeys, host }: ServerConfig): Finding {
  if (ingestKeys.length === 0) {
    return isLoopback(host)
      ? good('keys', 'no ingest key: everybody on this machine may send')
      : warning('keys', 'INGEST_KEYS is not set: everybody who reaches the server may send');
  }
  const short = ingestKeys.filter((key) => key.length < MIN_KEY_LENGTH).length;
  if (short > 0) return warning('keys', `INGEST_KEYS: ${short} shorter than ${MIN_KEY_LENGTH} characters`);
  return good('keys', ingestKeys.length === 1 ? '1 ingest key' : `${ingestKeys.length} ingest keys`);
}

function examinePassword({ passwordMade, dashboardPassword }: ServerConfig): Finding {
  if (passwordMade) return good('password', 'made anew at each start, and printed');
  return dashboardPassword.length < MIN_PASSWORD_LENGTH
    ? warning('password', `DASHBOARD_PASSWORD is shorter than ${MIN_PASSWORD_LENGTH} characters`)
    : good('password', 'set');
}

function examineDashboard(): Finding {
  return dashboardFolder() === null
    ? bad('dashboard', 'not built: run "npm run build"')
    : good('dashboard', 'built');
}
