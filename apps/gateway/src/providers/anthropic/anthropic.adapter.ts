import { AppError } from '@faas/errors';
import type { ModelAnswer, ModelEvent } from '../model-events';
import { ModelProvider, type CallOptions, type EmbeddingCall, type Embeddings, type ModelDescription } from '../model-provider.port';
import type { ModelRequest } from '../model-request';
import { parseJson, ProviderHttp, type Refusal } from '../provider-http';
import { readAnthropicMessage } from './anthropic-answer';
import { readAnthropicRefusal } from './anthropic-refusal';
import { writeAnthropicRequest } from './anthropic-request';
import { AnthropicStreamReader } from './anthropic-stream';
import { anthropicMessage, anthropicModels } from './anthropic-wire';

/** Sent as `anthropic-version` with every call. */
export const ANTHROPIC_VERSION = '2023-06-01';

/** Anthropic's Messages API, or a server that speaks it. */
export class AnthropicProvider extends ModelProvider {
  readonly kind = 'anthropic';
  private readonly onRefusal = (refusal: Refusal) => readAnthropicRefusal(this.name, refusal);

  constructor(
    readonly name: string,
    private readonly http: ProviderHttp,
    private readonly now: () => number = Date.now,
  ) {
    super();
  }

  async complete(request: ModelRequest, { signal }: CallOptions): Promise<ModelAnswer> {
    const body = writeAnthropicRequest(request, false);
    const message = await this.http.json({ method: 'POST', path: '/v1/messages', body, signal, onRefusal: this.onRefusal }, anthropicMessage);
    return readAnthropicMessage(message, this.seconds());
  }

  async *stream(request: ModelRequest, { signal }: CallOptions): AsyncGenerator<ModelEvent> {
    const body = writeAnthropicRequest(request, true);
    const reader = new AnthropicStreamReader(this.seconds());
    for await (const { data } of this.http.events({ method: 'POST', path: '/v1/messages', body, signal, onRefusal: this.onRefusal })) {
      yield* reader.read(parseJson(data), (body) => readAnthropicRefusal(this.name, { body }));
      if (reader.isComplete) break;
    }
    yield* reader.end();
  }

  async embed({ model }: EmbeddingCall): Promise<Embeddings> {
    throw new AppError('MODEL_CAPABILITY_MISSING', `Anthropic offers no embeddings: '${this.name}/${model}' cannot embed. Name a model of another provider.`);
  }

  async models({ signal }: CallOptions): Promise<readonly ModelDescription[]> {
    const { data } = await this.http.json({ method: 'GET', path: '/v1/models?limit=1000', signal, onRefusal: this.onRefusal }, anthropicModels);
    return data.map(({ id, created_at }) => ({ name: id, createdAt: created_at ? Math.floor(Date.parse(created_at) / 1000) || 0 : 0 }));
  }

  private seconds(): number {
    return Math.floor(this.now() / 1000);
  }
}
