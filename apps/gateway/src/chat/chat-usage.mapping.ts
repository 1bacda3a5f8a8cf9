import type { ChatUsage } from '@faas/gateway-contract';
import { totalInput, totalOutput, type TokenUsage } from '../providers/token-usage';

/** OpenAI's usage; fields that the upstream added stay, totals are computed anew. */
export function writeChatUsage(tokens: TokenUsage, vendor?: unknown): ChatUsage {
  const added = typeof vendor === 'object' && vendor !== null ? vendor : {};
  const prompt = totalInput(tokens);
  const completion = totalOutput(tokens);
  return {
    prompt_tokens_details: { cached_tokens: tokens.cacheRead },
    completion_tokens_details: { reasoning_tokens: tokens.reasoning },
    ...Object.fromEntries(Object.entries(added).filter(([, value]) => value !== null)),
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
  };
}
