import { AppError } from '@faas/errors';
import type { Readable } from 'node:stream';
import type { CallDeadline } from './call-deadline';
import { bodyFailure, type Neighbour } from './network-failure';

export interface HttpResponseParts {
  readonly status: number;
  /** Names in lower case; repeated headers joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly stream: Readable;
  readonly deadline: CallDeadline;
  readonly neighbour: Neighbour;
  readonly idleTimeoutMs: number;
  readonly maxBytes: number;
}

/**
 * An answer whose body is still under way. Read it once by one of its methods, or discard() it: an unread body holds its
 * connection until the call's deadline.
 *
 * Reading throws AppError UPSTREAM_FAILED when the body breaks off, is stuck or exceeds its limit, DEADLINE_EXCEEDED
 * and REQUEST_ABORTED as the call itself.
 */
export class HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  private taken = false;

  constructor(private readonly parts: HttpResponseParts) {
    this.status = parts.status;
    this.headers = parts.headers;
    // A body nobody reads yet may break; the error is thrown to whoever reads it, not to the process.
    parts.stream.on('error', () => undefined);
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  /** Lower-case media type without parameters, '' when absent. */
  get mediaType(): string {
    return (this.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  }

  /** The chunks as they arrive, without a limit in total. */
  get body(): AsyncIterable<Uint8Array> {
    if (this.taken) throw new AppError('INTERNAL', `The body of ${this.parts.neighbour.name}'s answer was read already.`);
    this.taken = true;
    return this.chunks();
  }

  async bytes(limit = this.parts.maxBytes): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of this.body) {
      length += chunk.byteLength;
      if (length > limit) throw this.failure(`${this.parts.neighbour.name} answered with more than ${limit} bytes.`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, length);
  }

  async text(limit?: number): Promise<string> {
    return new TextDecoder().decode(await this.bytes(limit));
  }

  /** @throws AppError UPSTREAM_FAILED when the body is not JSON. An empty body is undefined. */
  async json(limit?: number): Promise<unknown> {
    const text = await this.text(limit);
    if (text.trim() === '') return undefined;
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new AppError('UPSTREAM_FAILED', `${this.parts.neighbour.name} answered with something that is not JSON (status ${this.status}).`, {
        cause,
        details: { service: this.parts.neighbour.name, status: this.status },
      });
    }
  }

  /** Gives the connection back without reading the body. */
  discard(): void {
    this.abandon();
    this.parts.deadline.end();
  }

  /** Drops the body while the call goes on with another attempt. */
  abandon(): void {
    this.taken = true;
    this.parts.stream.destroy();
  }

  private async *chunks(): AsyncGenerator<Uint8Array> {
    const { stream, deadline, neighbour } = this.parts;
    const iterator = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    try {
      for (;;) {
        const next = await this.nextChunk(iterator);
        if (next.done) return;
        yield next.value;
      }
    } catch (error) {
      throw deadline.reason ?? bodyFailure(error, neighbour);
    } finally {
      stream.destroy();
      deadline.end();
    }
  }

  /** The idle time runs only while the reader waits: a slow reader does not make the neighbour look stuck. */
  private async nextChunk(iterator: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array>> {
    const { idleTimeoutMs, stream, neighbour } = this.parts;
    const timer = setTimeout(() => stream.destroy(this.failure(`${neighbour.name} sent nothing for ${idleTimeoutMs} ms in the middle of its answer.`)), idleTimeoutMs);
    try {
      return await iterator.next();
    } finally {
      clearTimeout(timer);
    }
  }

  private failure(message: string): AppError {
    return new AppError('UPSTREAM_FAILED', message, { details: { service: this.parts.neighbour.name } });
  }
}
