/** HOST and PORT: what the server listens on. */
import { createServer } from 'node:net';

import { type ServerConfig, ConfigError } from './config.ts';

type Address = Pick<ServerConfig, 'host' | 'port'>;

/** Tried before a database is opened: a server that cannot listen must not have changed a schema by then. */
export async function checkAddress({ host, port }: Address): Promise<void> {
  const probe = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once('error', reject);
      probe.listen({ host, port }, resolve);
    });
  } catch (error) {
    throw addressError(error, { host, port });
  }
  await new Promise((resolve) => probe.close(resolve));
}

/** The setting's name and what to do, for what `listen` fails with; other errors as they are. */
export function addressError(error: unknown, { host, port }: Address): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new ConfigError(`PORT: ${port} is in use by another program: take another, or end that one`);
    case 'EACCES':
      return new ConfigError(`PORT: ${port} needs more rights than this user has: take one from 1024 on`);
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'EINVAL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new ConfigError(
        `HOST: ${host} is no address of this machine: take 127.0.0.1 for this machine alone, 0.0.0.0 for all`,
      );
    default:
      return error;
  }
}
