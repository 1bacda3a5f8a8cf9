import { AppError } from '@faas/errors';
import type { GatewayClient } from '@faas/gateway-client';
import { requestSignal } from '@faas/request-context';
import { Embedder } from '../embedder.port';

const TIMEOUT_MS = 60_000;

/** Embeds through the gateway, which knows the provider and records the usage. */
export class GatewayEmbedder extends Embedder {
  constructor(
    private readonly gateway: Pick<GatewayClient, 'embed'>,
    readonly model: string,
  ) {
    super();
  }

  async embed(texts: readonly string[]): Promise<number[][]> {
    const { vectors } = await this.gateway.embed({ model: this.model, input: [...texts] }, { signal: requestSignal(), timeoutMs: TIMEOUT_MS });
    const length = vectors[0]?.length ?? 0;
    const usable = vectors.length === texts.length && length > 0 && vectors.every((vector) => vector.length === length && vector.every(Number.isFinite));
    if (!usable) throw new AppError('UPSTREAM_FAILED', `The embedding model "${this.model}" answered with something else than one vector per text.`);
    return vectors;
  }
}
