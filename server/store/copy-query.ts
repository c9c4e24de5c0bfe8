/** The answer of a COPY as it comes off the connection, for answers of very many messages. */
import { availableParallelism } from 'node:os';
import type { Duplex } from 'node:stream';

import type { Connection, Submittable } from 'pg';

import { LendingSocket } from './lending-socket.ts';

/** Of a message of the protocol: its type, then its length without the type. */
const TYPE = 1;
const TYPE_AND_LENGTH = 5;
const COPY_DATA = 'd'.charCodeAt(0);
const READY_FOR_QUERY = 'Z'.charCodeAt(0);

/** How long the next piece is waited for without sleeping. */
const AWAKE_MS = 0.2;
const SEVERAL_CORES = availableParallelism() > 1;

/** What is told of each message with copied bytes, from `from` to `to` (excluded): they hold until it returns. */
export type CopyListener = (bytes: Buffer, from: number, to: number) => void;

/**
 * A query as the driver knows it, which takes what is copied off the connection itself and leaves all other messages to
 * the driver. The driver makes several objects of each message: with a message for each row, collecting them takes longer
 * than reading the rows.
 */
export class CopyQuery implements Submittable {
  readonly #text: string;
  readonly #tell: CopyListener;
  /** Called at the end. The driver puts its own in this place, with the time limit of queries. */
  callback: (error?: Error) => void;
  #stream: Duplex | undefined;
  /** What reads the connection before and after. */
  #driver: (bytes: Buffer) => void = () => {};
  #isReading = false;
  #isAwake = false;
  #awakeUntil = 0;
  /** The beginning of a message whose rest has not come yet. */
  #begun = Buffer.allocUnsafeSlow(64 * 1024);
  #size = 0;

  constructor(text: string, tell: CopyListener, whenDone: (error?: Error) => void) {
    this.#text = text;
    this.#tell = tell;
    this.callback = whenDone;
  }

  /** The driver calls this one and the next three. */
  submit(connection: Connection): void {
    this.#stream = connection.stream;
    this.#driver = connection.stream.listeners('data')[0] as (bytes: Buffer) => void;
    this.#stream.off('data', this.#driver).on('data', this.#read);
    this.#isReading = true;
    if (this.#stream instanceof LendingSocket) this.#stream.lends = true;
    connection.query(this.#text);
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.callback();
  }

  handleError(error: Error): void {
    this.callback(error);
  }

  readonly #read = (piece: Buffer): void => {
    this.#takePiece(piece);
    if (this.#isReading && SEVERAL_CORES) this.#stayAwake();
  };

  /**
   * Looks for the next piece for a moment, where PostgreSQL has a core of its own: it sends 8 KB at a time, and to wake a
   * process that sleeps takes as long again.
   */
  #stayAwake(): void {
    this.#awakeUntil = performance.now() + AWAKE_MS;
    if (this.#isAwake) return;
    this.#isAwake = true;
    setImmediate(this.#look);
  }

  readonly #look = (): void => {
    this.#isAwake = this.#isReading && performance.now() < this.#awakeUntil;
    if (this.#isAwake) setImmediate(this.#look);
  };

  #takePiece(piece: Buffer): void {
    let at = this.#size === 0 ? 0 : this.#finishBegun(piece);
    while (this.#isReading) {
      const end = endOf(piece, at);
      if (end > piece.length) {
        this.#add(piece, at, piece.length);
        return;
      }
      this.#take(piece, at, end);
      at = end;
    }
    // The driver keeps what is no whole message yet, so it must not be lent.
    if (at < piece.length) this.#driver(Buffer.from(piece.subarray(at)));
  }

  /** Takes the message that has begun, if this is the rest of it. Returns how many bytes belong to it. */
  #finishBegun(piece: Buffer): number {
    // Its length may not have come yet.
    let added = this.#fillTo(TYPE_AND_LENGTH, piece, 0);
    if (this.#size < TYPE_AND_LENGTH) return added;
    const end = endOf(this.#begun, 0);
    added += this.#fillTo(end, piece, added);
    if (this.#size < end) return added;
    this.#size = 0;
    this.#take(this.#begun, 0, end);
    return added;
  }

  /** Adds what is missing of the first `size` bytes of the message, as far as `piece` has it from `at` on. */
  #fillTo(size: number, piece: Buffer, at: number): number {
    const added = Math.max(0, Math.min(size - this.#size, piece.length - at));
    this.#add(piece, at, at + added);
    return added;
  }

  #add(piece: Buffer, from: number, to: number): void {
    const size = this.#size + to - from;
    if (size > this.#begun.length) {
      const larger = Buffer.allocUnsafeSlow(size * 2);
      this.#begun.copy(larger, 0, 0, this.#size);
      this.#begun = larger;
    }
    piece.copy(this.#begun, this.#size, from, to);
    this.#size = size;
  }

  #take(bytes: Buffer, start: number, end: number): void {
    if (bytes[start] === COPY_DATA) {
      this.#tell(bytes, start + TYPE_AND_LENGTH, end);
      return;
    }
    // The last message. With it the driver may begin with the next query.
    if (bytes[start] === READY_FOR_QUERY) {
      this.#isReading = false;
      if (this.#stream instanceof LendingSocket) this.#stream.lends = false;
      this.#stream!.off('data', this.#read).on('data', this.#driver);
    }
    this.#driver(bytes.subarray(start, end));
  }
}

/** Where the message ends that begins at `at`; infinite where too little is there to tell. */
function endOf(bytes: Buffer, at: number): number {
  if (at + TYPE_AND_LENGTH > bytes.length) return Number.POSITIVE_INFINITY;
  return at + TYPE + bytes.readInt32BE(at + TYPE);
}
