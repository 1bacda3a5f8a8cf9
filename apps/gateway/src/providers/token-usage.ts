/** Tokens of one call in disjoint classes: the provider's totals are their sums, so nothing is billed twice. */
export interface TokenUsage {
  /** Input that no prompt cache covers. */
  readonly input: number;
  readonly cacheRead: number;
  /** Input written to a prompt cache that lives for minutes. */
  readonly cacheWrite: number;
  /** Input written to a prompt cache that lives for an hour; priced apart. */
  readonly cacheWriteLong: number;
  /** Output without reasoning. */
  readonly output: number;
  readonly reasoning: number;
}

export const NO_TOKENS: TokenUsage = { input: 0, cacheRead: 0, cacheWrite: 0, cacheWriteLong: 0, output: 0, reasoning: 0 };

export const totalInput = ({ input, cacheRead, cacheWrite, cacheWriteLong }: TokenUsage) => input + cacheRead + cacheWrite + cacheWriteLong;
export const totalOutput = ({ output, reasoning }: TokenUsage) => output + reasoning;

/** What a text costs roughly when nobody counts: four characters per token, as for English. */
export function estimateTokens(characters: number): number {
  return Math.ceil(characters / 4);
}
