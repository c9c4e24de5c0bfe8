/** A line between the servers and PostgreSQL that can be cut, silenced and slowed. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export const LINE_FAULTS = ['database line cut', 'database line silent', 'database line slow'] as const;
export type LineFault = (typeof LINE_FAULTS)[number];

/** In each direction. */
const SLOW_MS = 500;

export class FaultLine {
  readonly #target: number;
  readonly #server = createServer((near) => this.#join(near));
  readonly #sockets = new Set<Socket>();
  #fault: LineFault | null = null;

  /** Port on this machine that it leads to. */
  constructor(target: number) {
    this.#target = target;
  }

  async open(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  /** `database line cut` also ends what is open. */
  impose(fault: LineFault): void {
    this.#fault = fault;
    if (fault === 'database line cut') this.#resetAll();
  }

  lift(): void {
    this.#fault = null;
    // What was held back is gone, and with it the connections: both ends would wait for it.
    this.#resetAll();
  }

  async close(): Promise<void> {
    this.#resetAll();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(near: Socket): void {
    if (this.#fault === 'database line cut') {
      near.resetAndDestroy();
      return;
    }
    const far = connect(this.#target, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (chunk) => this.#pass(chunk, to));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
  }

  #pass(chunk: Buffer, to: Socket): void {
    if (this.#fault === 'database line silent') return;
    if (this.#fault === 'database line slow') setTimeout(() => to.destroyed || to.write(chunk), SLOW_MS);
    else to.write(chunk);
  }

  #resetAll(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }
}
