import type { Page, PageQuery } from '@faas/api';
import { AppError } from '@faas/errors';
import {
  chatCompletion,
  chatCompletionChunk,
  embeddingAnswer,
  issuedKey,
  keyPage,
  modelList,
  providerPage,
  usagePage,
  type ChatCompletion,
  type ChatCompletionChunk,
  type EmbeddingAnswer,
  type IssuedKey,
  type KeyCard,
  type KeyQuery,
  type ModelCard,
  type ProviderCard,
  type UsageRecord,
} from '@faas/gateway-contract';
import { readEventStream, type HttpClient, type HttpRequest, type HttpResponse } from '@faas/http-client';
import * as z from 'zod';
import { errorOf, refusalOf } from './gateway-error';
import type { CallOptions, ChatInput, EmbeddingInput, NewKey } from './gateway-client.types';

const ROOT = '/api/v1/gateway';
/** A model may take minutes; the current request's deadline and the caller's signal usually end a call earlier. */
const MODEL_TIMEOUT_MS = 840_000;
/** Three of the gateway's heartbeats. */
const STREAM_IDLE_MS = 45_000;
const END = '[DONE]';

/**
 * Calls the gateway service. Every method throws AppError with the gateway's own code (MODEL_NOT_FOUND,
 * MODEL_PROVIDER_RATE_LIMITED with retryAfterMs, …), or what HttpClient throws when it is out of reach.
 *
 * @example
 * const http = new HttpClient({ name: 'gateway-service', baseUrl: 'http://localhost:8081', logger });
 * const gateway = new GatewayClient(http);
 * const { choices } = await gateway.chat({ messages: [{ role: 'user', content: 'Hello' }] });
 */
export class GatewayClient {
  constructor(private readonly http: HttpClient) {}

  /** Answers a conversation in one piece. Without `model` the configured default answers. */
  chat(request: ChatInput, options: CallOptions = {}): Promise<ChatCompletion> {
    return this.call({ ...modelCall('/v1/chat/completions', { ...request, stream: false }), ...options }, chatCompletion);
  }

  /**
   * Answers a conversation piece by piece. Leaving the loop ends the call, the upstream one too.
   *
   * @throws AppError as `chat`, also after the first chunks; MODEL_STREAM_BROKEN when the stream ends without its end.
   */
  async *streamChat(request: ChatInput, options: CallOptions = {}): AsyncGenerator<ChatCompletionChunk> {
    const call = modelCall('/v1/chat/completions', { ...request, stream: true });
    const response = await this.send({ ...call, headers: { accept: 'text/event-stream' }, idleTimeoutMs: STREAM_IDLE_MS, ...options });
    for await (const { data } of readEventStream(response.body, { name: this.http.name })) {
      if (data === END) return;
      yield this.chunkOf(data);
    }
    throw new AppError('MODEL_STREAM_BROKEN', `The stream of ${this.http.name} ended before its end.`);
  }

  /** Vectors as numbers, one per input in its order. */
  async embed(request: EmbeddingInput, options: CallOptions = {}): Promise<{ model: string; vectors: number[][]; usage: EmbeddingAnswer['usage'] }> {
    const { model, data, usage } = await this.call({ ...modelCall('/v1/embeddings', { ...request, encoding_format: 'float' }), idempotent: true, ...options }, embeddingAnswer);
    const vectors = z.array(z.array(z.number())).parse([...data].sort((a, b) => a.index - b.index).map(({ embedding }) => embedding));
    return { model, vectors, usage };
  }

  async models(options: CallOptions = {}): Promise<ModelCard[]> {
    return (await this.call({ method: 'GET', path: `${ROOT}/v1/models`, ...options }, modelList)).data;
  }

  providers(query: Partial<PageQuery> = {}, options: CallOptions = {}): Promise<Page<ProviderCard>> {
    return this.call({ method: 'GET', path: `${ROOT}/providers`, query, ...options }, providerPage);
  }

  usage(query: Partial<PageQuery> = {}, options: CallOptions = {}): Promise<Page<UsageRecord>> {
    return this.call({ method: 'GET', path: `${ROOT}/usage`, query, ...options }, usagePage);
  }

  /** The credential is in this answer only. */
  issueKey(request: NewKey, options: CallOptions = {}): Promise<IssuedKey> {
    return this.call({ method: 'POST', path: `${ROOT}/keys`, body: request, ...options }, issuedKey);
  }

  keys(query: Partial<KeyQuery> = {}, options: CallOptions = {}): Promise<Page<KeyCard>> {
    return this.call({ method: 'GET', path: `${ROOT}/keys`, query, ...options }, keyPage);
  }

  async revokeKey(id: string, options: CallOptions = {}): Promise<void> {
    const response = await this.send({ method: 'DELETE', path: `${ROOT}/keys/${encodeURIComponent(id)}`, ...options });
    await response.discard();
  }

  private async call<T>(request: HttpRequest, schema: z.ZodType<T>): Promise<T> {
    const response = await this.send(request);
    return this.read(await response.json(), schema, request.path);
  }

  private async send(request: HttpRequest): Promise<HttpResponse> {
    const response = await this.http.send(request);
    if (!response.ok) throw await refusalOf(response, this.http.name);
    return response;
  }

  private chunkOf(data: string): ChatCompletionChunk {
    const json = this.parse(data);
    if (typeof json === 'object' && json !== null && 'error' in json) throw errorOf(json, { name: this.http.name });
    return this.read(json, chatCompletionChunk, 'a chunk');
  }

  private parse(data: string): unknown {
    try {
      return JSON.parse(data);
    } catch (cause) {
      throw new AppError('UPSTREAM_FAILED', `${this.http.name} sent an event that is not JSON.`, { cause });
    }
  }

  private read<T>(json: unknown, schema: z.ZodType<T>, what: string): T {
    const parsed = schema.safeParse(json);
    if (parsed.success) return parsed.data;
    throw new AppError('UPSTREAM_FAILED', `${this.http.name} answered ${what} with something unexpected.`, { cause: parsed.error, retryable: false, details: { service: this.http.name } });
  }
}

function modelCall(path: string, body: Readonly<Record<string, unknown>>): HttpRequest {
  return { method: 'POST', path: `${ROOT}${path}`, body, timeoutMs: MODEL_TIMEOUT_MS, idleTimeoutMs: MODEL_TIMEOUT_MS };
}
