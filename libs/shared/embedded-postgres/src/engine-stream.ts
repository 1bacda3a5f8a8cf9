import { Duplex } from 'node:stream';
import type { SessionOwnership } from './session-ownership';
import { errorResponse, greeting, isComplete, readMessages, TRANSACTION_IDLE } from './wire-messages';

/** What the stream needs of PGlite. */
export interface WireEngine {
  execProtocolRawStream(messages: Uint8Array, options: { onRawData: (bytes: Uint8Array) => void }): Promise<void>;
}

/**
 * The server's end of a PostgreSQL connection, in process: pg speaks to PGlite exactly as it speaks to a server, so types,
 * row counts and errors come out alike.
 *
 * PGlite has one session for all. A connection therefore owns it from its first message until no transaction is open:
 * messages of two connections never mix, and closing a connection mid transaction rolls back.
 */
export class EngineStream extends Duplex {
  private pending: Buffer = Buffer.alloc(0);
  private greeted = false;
  private release: (() => void) | undefined;
  private inTransaction = false;

  constructor(
    private readonly engine: WireEngine,
    private readonly ownership: SessionOwnership,
  ) {
    super();
  }

  /** pg treats the stream as a socket. */
  connect(): this {
    process.nextTick(() => this.emit('connect'));
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }

  override _read(): void {
    // Answers are pushed as they come.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.pending = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    this.answer().then(() => done(), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.letGo().then(() => {
      this.push(null);
      done();
    }, done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.letGo().then(() => done(error), done);
  }

  private async answer(): Promise<void> {
    if (!this.greeted) {
      if (!isComplete(this.pending, 'startup')) return;
      this.pending = this.pending.subarray(this.pending.readInt32BE(0));
      this.greeted = true;
      this.push(greeting());
    }
    for (let batch = readMessages(this.pending); batch !== undefined; batch = readMessages(this.pending)) {
      this.pending = this.pending.subarray(batch.length);
      if (batch.terminate) {
        await this.letGo();
        this.push(null);
        return;
      }
      await this.run(batch.messages);
    }
  }

  private async run(messages: Buffer): Promise<void> {
    try {
      this.release ??= await this.ownership.acquire();
    } catch (error) {
      this.push(errorResponse('55P03', (error as Error).message));
      return;
    }
    const answer = await this.execute(messages);
    this.inTransaction = answer.at(-1) !== TRANSACTION_IDLE;
    if (!this.inTransaction) this.giveBack();
    this.push(answer);
  }

  private async letGo(): Promise<void> {
    if (this.inTransaction) {
      this.inTransaction = false;
      await this.execute(ROLLBACK);
    }
    this.giveBack();
  }

  private async execute(messages: Buffer): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    // The bytes lie in wasm memory that the next write reuses: copied here.
    await this.engine.execProtocolRawStream(messages, { onRawData: (bytes) => parts.push(bytes.slice()) });
    return Buffer.concat(parts);
  }

  private giveBack(): void {
    this.release?.();
    this.release = undefined;
  }
}

const ROLLBACK = Buffer.from('Q\0\0\0\x0dROLLBACK\0', 'latin1');
