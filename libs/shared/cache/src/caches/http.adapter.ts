import { AppError } from '@faas/errors';
import type { HttpClient } from '@faas/http-client';
import { remainingMs } from '@faas/request-context';
import * as z from 'zod';
import { KeyedCache, type KeyedCacheOptions } from './keyed-cache';

/** A value of 1 MiB in a JSON string whose every byte is escaped. */
const MAX_ANSWER_BYTES = 7 * 1024 * 1024;

const answerBody = z.union([z.object({ result: z.unknown() }), z.object({ error: z.string() })]);

/** What the neighbour's failures mean here; anything else (the caller went away, a bug) is passed on. */
const OUTAGES = ['SERVICE_UNAVAILABLE', 'UPSTREAM_FAILED', 'DEADLINE_EXCEEDED'] as const;

/**
 * Speaks the Upstash REST protocol, so that a Lambda function outside a VPC has a cache: one Redis command as a JSON array in the body of a POST, the answer is
 * `{"result"}` or `{"error"}`. Every command is repeatable.
 */
export class HttpCache extends KeyedCache {
  private closed = false;

  constructor(
    private readonly client: HttpClient,
    options: KeyedCacheOptions,
  ) {
    super(options);
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.client.close();
  }

  protected async read(key: string): Promise<string | undefined> {
    const result = z.string().nullable().safeParse(await this.command('GET', key));
    if (!result.success) throw new AppError('CACHE_UNAVAILABLE', `${this.client.name} answered GET with something that is not text.`, { retryable: false });
    return result.data ?? undefined;
  }

  protected async write(key: string, text: string, ttlMs: number): Promise<void> {
    await this.command('SET', key, text, 'PX', String(ttlMs));
  }

  protected async remove(key: string): Promise<void> {
    await this.command('DEL', key);
  }

  protected async ping(): Promise<void> {
    await this.command('PING');
  }

  private async command(...command: readonly string[]): Promise<unknown> {
    if (this.closed) throw new AppError('CACHE_UNAVAILABLE', 'The cache is closed.');
    const { status, body } = await this.post(command);
    if (status === 401 || status === 403) {
      throw new AppError('CACHE_UNAVAILABLE', `${this.client.name} rejects CACHE_SERVICE_TOKEN (status ${status}).`, { retryable: false });
    }
    const answer = answerBody.safeParse(body);
    if (answer.success && 'result' in answer.data) return answer.data.result;
    const reason = answer.success && 'error' in answer.data ? answer.data.error.slice(0, 200) : 'an answer that is not of the protocol';
    throw new AppError('CACHE_UNAVAILABLE', `${this.client.name} answered ${command[0]} with status ${status}: ${reason}.`, { retryable: status >= 429 });
  }

  private async post(body: readonly string[]): Promise<{ status: number; body: unknown }> {
    try {
      const response = await this.client.send({ method: 'POST', path: '/', body, idempotent: true });
      return { status: response.status, body: await response.json(MAX_ANSWER_BYTES) };
    } catch (cause) {
      const outage = OUTAGES.some((code) => AppError.hasCode(cause, code)) && remainingMs(1) > 0;
      if (!outage) throw cause;
      throw new AppError('CACHE_UNAVAILABLE', `${this.client.name} does not serve: ${(cause as AppError).message}`, { cause });
    }
  }
}
