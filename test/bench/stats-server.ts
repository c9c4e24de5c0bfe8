/** The server that the figures are asked of, as `npm start` runs it, and an administrator who asks. */
import { type ServerChild, startServer } from './server-child.ts';

export interface StatsServer extends ServerChild {
  login: { username: string; password: string };
  /** Asks for figures, and reads the answer to its end. */
  ask: (path: string) => Promise<void>;
}

export async function startStatsServer(databaseUrl: string): Promise<StatsServer> {
  const login = { username: 'admin', password: 'bench-only' };
  const server = await startServer(databaseUrl, {
    DASHBOARD_PASSWORD: login.password,
    // The made events are of fixed days.
    RETENTION_DAYS: '36500',
  });
  const authorization = `Basic ${btoa(`${login.username}:${login.password}`)}`;
  return {
    ...server,
    login,
    async ask(path) {
      const answer = await fetch(`${server.url}${path}`, { headers: { authorization } });
      const body = await answer.text();
      if (answer.status !== 200) throw new Error(`${path} was answered ${answer.status}: ${body}`);
    },
  };
}
