import { AppError } from '@faas/errors';
import { collect, type ModelAnswer, type ModelEvent } from '../model-events';
import { ModelProvider, type CallOptions, type EmbeddingCall, type Embeddings, type ModelDescription } from '../model-provider.port';
import { charactersOf, type ModelRequest } from '../model-request';
import { estimateTokens, NO_TOKENS } from '../token-usage';
import { replyTo, type ExtractiveReply } from './extractive-reply';

export const EXTRACTIVE_PROVIDER = 'local';
export const EXTRACTIVE_MODEL = 'extractive';

/** The model that is always there: quotes what was retrieved. Deterministic, in process, without cost. */
export class ExtractiveProvider extends ModelProvider {
  readonly name = EXTRACTIVE_PROVIDER;
  readonly kind = 'extractive';

  async complete(request: ModelRequest, { signal }: CallOptions): Promise<ModelAnswer> {
    return collect(this.stream(request, { signal }));
  }

  async *stream(request: ModelRequest, { signal }: CallOptions): AsyncGenerator<ModelEvent> {
    this.assertKnown(request.model);
    if (request.choices > 1) throw new AppError('MODEL_CAPABILITY_MISSING', 'local/extractive gives one answer per request (n).');
    for (const event of eventsOf(replyTo(request), charactersOf(request))) {
      signal.throwIfAborted();
      yield event;
    }
  }

  async embed({ model }: EmbeddingCall): Promise<Embeddings> {
    this.assertKnown(model);
    throw new AppError('MODEL_CAPABILITY_MISSING', 'local/extractive cannot embed. Configure a provider with an embedding model, for example OPENAI_API_KEY or OLLAMA_BASE_URL.');
  }

  async models(): Promise<readonly ModelDescription[]> {
    return [{ name: EXTRACTIVE_MODEL, createdAt: 0 }];
  }

  private assertKnown(model: string): void {
    if (model !== EXTRACTIVE_MODEL) throw new AppError('MODEL_NOT_FOUND', `Unknown model 'local/${model}'. The built-in model is local/extractive.`, { details: { model: `local/${model}` } });
  }
}

function* eventsOf(reply: ExtractiveReply, inputCharacters: number): Generator<ModelEvent> {
  const pieces = reply.kind === 'text' ? reply.pieces : [reply.arguments];
  // No id and no time: the same request has the same answer.
  yield { type: 'start', id: '', createdAt: 0 };
  if (reply.kind === 'text') yield { type: 'block-start', block: 0, choice: 0, kind: 'text' };
  else yield { type: 'block-start', block: 0, choice: 0, kind: 'tool-call', callId: reply.callId, name: reply.name };
  for (const text of pieces) yield { type: 'block-delta', block: 0, text };
  yield { type: 'usage', tokens: { ...NO_TOKENS, input: estimateTokens(inputCharacters), output: estimateTokens(pieces.join('').length) } };
  yield { type: 'finish', choice: 0, reason: reply.kind === 'text' ? 'stop' : 'tool-calls' };
}
