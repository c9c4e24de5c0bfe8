/** What happens to the servers and their database. */
import { setTimeout as delay } from 'node:timers/promises';

import { LINE_FAULTS } from '../fault-proxy-tcp.ts';
import type { Surroundings } from './app-faults.ts';
import type { Postgres, Server } from './servers.ts';

export const SERVER_FAULTS = [
  'server killed',
  'all servers killed',
  'servers replaced one by one',
  'server asleep (SIGSTOP)',
  'PostgreSQL killed',
  'PostgreSQL asleep (SIGSTOP)',
  'server and PostgreSQL killed',
  ...LINE_FAULTS,
] as const;
export type ServerFault = (typeof SERVER_FAULTS)[number];

export interface World {
  servers: readonly Server[];
  postgres: Postgres;
}

/** Resolves when the fault is over: what was killed runs again. */
export async function inflictOnServers(
  fault: ServerFault,
  { servers, postgres }: World,
  { dice, lasts, sleepsAtMostMs }: Surroundings,
): Promise<void> {
  const whileItLasts = (): Promise<unknown> => delay(dice.between(lasts.least, lasts.most));
  const one = dice.pick(servers);
  switch (fault) {
    case 'server killed':
      await one.end('SIGKILL');
      return one.start();
    case 'all servers killed':
      await Promise.all(servers.map((server) => server.end('SIGKILL')));
      await whileItLasts();
      await Promise.all(servers.map((server) => server.start()));
      return;
    case 'servers replaced one by one':
      for (const server of servers) {
        await server.end('SIGTERM');
        await server.start();
      }
      return;
    case 'server asleep (SIGSTOP)':
      one.stop();
      await delay(dice.between(lasts.least, sleepsAtMostMs));
      one.goOn();
      return;
    case 'PostgreSQL killed':
      postgres.kill();
      await whileItLasts();
      return postgres.revive();
    case 'PostgreSQL asleep (SIGSTOP)':
      await postgres.stop();
      await delay(dice.between(lasts.least, sleepsAtMostMs));
      postgres.goOn();
      return;
    case 'server and PostgreSQL killed':
      postgres.kill();
      await one.end('SIGKILL');
      await whileItLasts();
      await postgres.revive();
      return one.start();
    default:
      postgres.line.impose(fault);
      await whileItLasts();
      postgres.line.lift();
  }
}
