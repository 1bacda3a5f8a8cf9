import { AppError } from '@faas/errors';
import type { EmbeddingAnswer, EmbeddingRequest } from '@faas/gateway-contract';
import { Embedder } from '../embedder.port';

/** What this adapter needs of the gateway. */
export interface Embeddings {
  embed(request: EmbeddingRequest): Promise<EmbeddingAnswer>;
}

/** Embeds through the gateway, which knows the provider and records the usage. */
export class GatewayEmbedder extends Embedder {
  constructor(
    private readonly gateway: Embeddings,
    readonly model: string,
  ) {
    super();
  }

  async embed(texts: readonly string[]): Promise<number[][]> {
    const { data } = await this.gateway.embed({ model: this.model, input: [...texts], encoding_format: 'float' });
    const vectors = [...data].sort((a, b) => a.index - b.index).map(({ embedding }) => embedding);
    const length = vectors[0]?.length ?? 0;
    const usable = vectors.length === texts.length && length > 0 && vectors.every((vector): vector is number[] => Array.isArray(vector) && vector.length === length && vector.every(Number.isFinite));
    if (!usable) throw new AppError('UPSTREAM_FAILED', `The embedding model "${this.model}" answered with something else than one vector per text.`);
    return vectors as number[][];
  }
}
