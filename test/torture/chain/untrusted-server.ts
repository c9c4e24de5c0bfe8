/** An address that speaks TLS with a certificate that nobody trusts: a mail server with what its library brings. */
import type { AddressInfo } from 'node:net';

import { SMTPServer } from 'smtp-server';

export interface UntrustedServer {
  url: string;
  close(): Promise<void>;
}

export async function startUntrustedServer(): Promise<UntrustedServer> {
  const server = new SMTPServer({ secure: true });
  // Clients end the handshake: that is what it is here for.
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
