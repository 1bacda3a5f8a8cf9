import { AppError } from '@faas/errors';
import { HttpClient, readEventStream, retryAfterMs, type HttpRequest, type HttpResponse, type ServerSentEvent } from '@faas/http-client';
import type { Logger } from '@faas/logging';
import type * as z from 'zod';
import { transportFailure } from './provider-failure';

export interface ProviderHttpOptions {
  readonly provider: string;
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connectTimeoutMs: number;
  /** Longest call; the caller's signal usually ends it earlier. */
  readonly timeoutMs: number;
  readonly logger: Logger;
}

/** The refusal of a provider, before its words are understood. */
export interface Refusal {
  readonly status: number;
  readonly retryAfterMs?: number;
  /** Undefined when the body is not JSON. */
  readonly body: unknown;
}

export interface ProviderCall {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  readonly signal: AbortSignal;
  /** Makes the error of an answer other than 2xx. */
  readonly onRefusal: (refusal: Refusal) => AppError;
}

const MAX_REFUSAL_BYTES = 64 * 1024;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** HTTP to one provider. Retries are the caller's: only it knows whether output was delivered. */
export class ProviderHttp {
  private readonly client: HttpClient;

  constructor(private readonly options: ProviderHttpOptions) {
    this.client = new HttpClient({
      name: options.provider,
      baseUrl: options.baseUrl,
      logger: options.logger,
      headers: () => options.headers,
      connectTimeoutMs: options.connectTimeoutMs,
      timeoutMs: options.timeoutMs,
      // Silence is judged by the caller, who knows whether the first token is still awaited.
      idleTimeoutMs: options.timeoutMs,
      retries: 0,
      // An overloaded model says so with every answer; the others of the same provider still work.
      breaker: { failures: 20 },
    });
  }

  async json<T>(call: ProviderCall, schema: z.ZodType<T>): Promise<T> {
    const response = await this.send(call, 'application/json');
    const body = await response.json(MAX_ANSWER_BYTES).catch((error: unknown) => {
      throw transportFailure(error, this.options.provider, 'call');
    });
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new AppError('MODEL_PROVIDER_UNAVAILABLE', `Provider '${this.options.provider}' answered with something that is not of its protocol.`, {
      cause: parsed.error,
      retryable: false,
      details: { provider: this.options.provider },
    });
  }

  async *events(call: ProviderCall): AsyncGenerator<ServerSentEvent> {
    const response = await this.send(call, 'text/event-stream');
    if (response.mediaType !== 'text/event-stream') {
      // Some servers answer 200 with a JSON error.
      const body = await this.readBody(response);
      throw call.onRefusal({ status: 502, body });
    }
    try {
      yield* readEventStream(response.body, { name: this.options.provider });
    } catch (error) {
      throw transportFailure(error, this.options.provider, 'stream');
    }
  }

  close(): Promise<void> {
    return this.client.close();
  }

  private async send(call: ProviderCall, accept: string): Promise<HttpResponse> {
    const request: HttpRequest = { method: call.method, path: call.path, body: call.body, signal: call.signal, headers: { accept } };
    const response = await this.client.send(request).catch((error: unknown) => {
      throw transportFailure(error, this.options.provider, 'call');
    });
    if (response.ok) return response;
    throw call.onRefusal({ status: response.status, retryAfterMs: retryAfterMs(response.headers), body: await this.readBody(response) });
  }

  private async readBody(response: HttpResponse): Promise<unknown> {
    const text = await response.text(MAX_REFUSAL_BYTES).catch((error: unknown) => {
      throw transportFailure(error, this.options.provider, 'call');
    });
    return parseJson(text);
  }
}

/** A proxy in between answers HTML: that must not hide the status. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
