import type { ResolvedModel } from '../calls/resolved-model';
import type { TokenUsage } from '../providers/token-usage';

/**
 * Tells what tokens cost.
 *
 * Promise: billionths of a US dollar as an integer, computed from disjoint token classes; null when the price is unknown,
 * never 0 instead. No network. Never throws. Idempotent.
 */
export abstract class PriceList {
  abstract costNanoUsd(target: Pick<ResolvedModel, 'provider' | 'model' | 'pricedAs'>, tokens: TokenUsage): Promise<number | null>;
}
