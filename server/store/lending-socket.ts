/** The socket of a connection to the database. */
import { Socket } from 'node:net';

const BUFFER_BYTES = 64 * 1024;

/**
 * Reads into one buffer, and hands on a copy of what came, as any stream does. While it `lends` it hands on the buffer
 * itself, which holds until the listener returns: Node makes a new buffer for each read, and an answer of tens of
 * megabytes would wait for the garbage collector as long as for the network.
 */
export class LendingSocket extends Socket {
  lends = false;

  constructor() {
    super({
      onread: {
        buffer: Buffer.allocUnsafeSlow(BUFFER_BYTES),
        callback: (size, buffer) => this.#receive(buffer.subarray(0, size)),
      },
    });
  }

  /** False where the stream wants to be left alone for now. */
  #receive(bytes: Uint8Array): boolean {
    if (!this.lends) return this.push(Buffer.from(bytes));
    this.emit('data', bytes);
    return true;
  }
}
