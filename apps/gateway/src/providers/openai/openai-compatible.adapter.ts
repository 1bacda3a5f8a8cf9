import { AppError } from '@faas/errors';
import type { ModelAnswer, ModelEvent } from '../model-events';
import { ModelProvider, type CallOptions, type EmbeddingCall, type Embeddings, type ModelDescription } from '../model-provider.port';
import type { ModelRequest } from '../model-request';
import { parseJson, ProviderHttp, type Refusal } from '../provider-http';
import { readOpenAiAnswer } from './openai-answer';
import { readVector } from './openai-embeddings';
import { readOpenAiRefusal } from './openai-refusal';
import { writeOpenAiRequest, type OpenAiDialect } from './openai-request';
import { OpenAiStreamReader } from './openai-stream';
import { openAiAnswer, openAiEmbeddings, openAiModels } from './openai-wire';

/** Any server that speaks OpenAI's chat completions: OpenAI, Ollama, vLLM, Mistral, Groq, … */
export class OpenAiCompatibleProvider extends ModelProvider {
  readonly kind = 'openai';
  private readonly onRefusal = (refusal: Refusal) => readOpenAiRefusal(this.name, refusal);

  constructor(
    readonly name: string,
    private readonly http: ProviderHttp,
    private readonly dialect: OpenAiDialect,
  ) {
    super();
  }

  async complete(request: ModelRequest, { signal }: CallOptions): Promise<ModelAnswer> {
    const body = writeOpenAiRequest(request, false, this.dialect);
    return readOpenAiAnswer(await this.http.json({ method: 'POST', path: '/chat/completions', body, signal, onRefusal: this.onRefusal }, openAiAnswer));
  }

  async *stream(request: ModelRequest, { signal }: CallOptions): AsyncGenerator<ModelEvent> {
    const body = writeOpenAiRequest(request, true, this.dialect);
    const reader = new OpenAiStreamReader();
    for await (const { data } of this.http.events({ method: 'POST', path: '/chat/completions', body, signal, onRefusal: this.onRefusal })) {
      if (data.trim() === '[DONE]') break;
      yield* reader.read(parseJson(data), (body) => readOpenAiRefusal(this.name, { body }));
    }
    yield* reader.end();
  }

  async embed({ model, input, dimensions, endUser, extra }: EmbeddingCall, { signal }: CallOptions): Promise<Embeddings> {
    const body = { ...extra, model, input, ...(dimensions ? { dimensions } : {}), ...(endUser ? { user: endUser } : {}) };
    const answer = await this.http.json({ method: 'POST', path: '/embeddings', body, signal, onRefusal: this.onRefusal }, openAiEmbeddings);
    if (answer.data.length !== input.length)
      throw new AppError('MODEL_PROVIDER_UNAVAILABLE', `Provider '${this.name}' answered ${answer.data.length} vectors for ${input.length} inputs.`, { details: { provider: this.name } });
    const vectors = [...answer.data.entries()].sort(([a, left], [b, right]) => (left.index ?? a) - (right.index ?? b)).map(([, { embedding }]) => readVector(embedding));
    return { vectors, ...(answer.usage?.prompt_tokens ? { inputTokens: answer.usage.prompt_tokens } : {}) };
  }

  async models({ signal }: CallOptions): Promise<readonly ModelDescription[]> {
    const { data } = await this.http.json({ method: 'GET', path: '/models', signal, onRefusal: this.onRefusal }, openAiModels);
    return (data ?? []).map(({ id, created }) => ({ name: id, createdAt: created ?? 0 }));
  }
}
