import type { EmbeddingAnswer, EmbeddingRequest } from '@faas/gateway-contract';
import type { ModelCaller } from '../calls/model-caller';
import type { ResolvedModel } from '../calls/resolved-model';
import { totalInput } from '../providers/token-usage';
import { writeVector } from '../providers/openai/openai-embeddings';
import { ProviderRegistry } from '../registry/provider-registry';

/** Turns texts into vectors. Providers are always asked for numbers: not all know base64, which is written here. */
export class EmbeddingsService {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly caller: ModelCaller,
  ) {}

  /** @throws AppError as ModelProvider, and MODEL_NOT_FOUND. */
  async embed(body: EmbeddingRequest): Promise<{ model: ResolvedModel; answer: EmbeddingAnswer }> {
    const model = await this.registry.embeddingModel(body.model);
    const { model: _name, input, encoding_format: format, dimensions, user, ...extra } = body;
    const call = { model: model.model, input: inputsOf(input), dimensions: dimensions ?? undefined, endUser: user ?? undefined, extra };
    const { embeddings, tokens } = await this.caller.embed(model, call);
    const data = embeddings.vectors.map((vector, index) => ({ object: 'embedding' as const, index, embedding: format === 'base64' ? writeVector(vector) : [...vector] }));
    const prompt = totalInput(tokens);
    return { model, answer: { object: 'list', model: model.id, data, usage: { prompt_tokens: prompt, total_tokens: prompt } } };
  }
}

/** One text, several, one list of token ids, or several. */
function inputsOf(input: EmbeddingRequest['input']): readonly string[] | readonly (readonly number[])[] {
  if (typeof input === 'string') return [input];
  return isTokenIds(input) ? [input] : (input as string[] | number[][]);
}

const isTokenIds = (input: readonly unknown[]): input is number[] => typeof input[0] === 'number';
