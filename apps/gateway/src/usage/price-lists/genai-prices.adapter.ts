import type { Logger } from '@faas/logging';
import type { ResolvedModel } from '../../calls/resolved-model';
import { totalInput, totalOutput, type TokenUsage } from '../../providers/token-usage';
import { PriceList } from '../price-list.port';

type Prices = typeof import('@pydantic/genai-prices');

/** Prices that ship with @pydantic/genai-prices: a snapshot in the bundle, loaded with the first call that has a price. */
export class GenAiPrices extends PriceList {
  private loading?: Promise<Prices>;

  constructor(private readonly logger: Logger) {
    super();
  }

  async costNanoUsd({ provider, model, pricedAs }: Pick<ResolvedModel, 'provider' | 'model' | 'pricedAs'>, tokens: TokenUsage): Promise<number | null> {
    if (provider.kind === 'extractive') return 0;
    if (pricedAs === undefined) return null;
    try {
      this.loading ??= import('@pydantic/genai-prices');
      return priceOf(await this.loading, pricedAs, model, tokens);
    } catch (error) {
      // A gap in the price table must not cost the caller the answer: the row says that the price is unknown.
      this.logger.error('price-list.failed', { provider: provider.name, model, error });
      return null;
    }
  }
}

/** The table counts cached tokens inside the input, our classes are disjoint: they are added up once, here. */
function priceOf(prices: Prices, providerId: string, model: string, tokens: TokenUsage): number | null {
  const cacheWrites = tokens.cacheWrite + tokens.cacheWriteLong;
  const usage = {
    input_tokens: totalInput(tokens),
    output_tokens: totalOutput(tokens),
    ...(tokens.cacheRead ? { cache_read_tokens: tokens.cacheRead } : {}),
    ...(cacheWrites ? { cache_write_tokens: cacheWrites } : {}),
    ...(tokens.cacheWriteLong ? { cache_write_1h_tokens: tokens.cacheWriteLong } : {}),
  };
  const result = prices.calcPrice(usage, model, { providerId });
  return result === null ? null : Math.round(result.total_price * 1e9);
}
