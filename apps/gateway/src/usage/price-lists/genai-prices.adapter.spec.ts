import { createLogger } from '@faas/logging';
import { ExtractiveProvider } from '../../providers/extractive/extractive.adapter';
import { ModelProvider } from '../../providers/model-provider.port';
import { NO_TOKENS } from '../../providers/token-usage';
import { GenAiPrices } from './genai-prices.adapter';

const prices = new GenAiPrices(createLogger({ service: 'test', level: 'error' }));
const remote = { name: 'p', kind: 'openai' } as ModelProvider;
const costOf = (model: string, pricedAs: string | undefined, tokens: Partial<typeof NO_TOKENS>) => prices.costNanoUsd({ provider: remote, model, pricedAs }, { ...NO_TOKENS, ...tokens });

describe('GenAiPrices', () => {
  it('charges each class of tokens once, at its own price', async () => {
    // claude-haiku-4-5 in USD per million: input 1, cache read 0.1, cache write 1.25 (5 min) and 2 (1 h), output 5.
    const tokens = { input: 100, cacheRead: 1_000, cacheWrite: 40, cacheWriteLong: 20, output: 10, reasoning: 5 };
    expect(await costOf('claude-haiku-4-5', 'anthropic', tokens)).toBe(100 * 1_000 + 1_000 * 100 + 40 * 1_250 + 20 * 2_000 + 15 * 5_000);
    expect(await costOf('gpt-4o-mini', 'openai', { input: 1_000, cacheRead: 400, output: 100 })).toBe(1_000 * 150 + 400 * 75 + 100 * 600);
    expect(await costOf('text-embedding-3-small', 'openai', { input: 1_000 })).toBe(20_000);
  });

  it('says null, never 0, when nobody knows the price', async () => {
    expect(await costOf('a-model-of-ours', 'openai', { input: 1 })).toBeNull();
    expect(await costOf('gpt-4o-mini', undefined, { input: 1 })).toBeNull();
    expect(await costOf('gpt-4o-mini', 'no-such-provider', { input: 1 })).toBeNull();
  });

  it('charges nothing for the built-in model', async () => {
    expect(await prices.costNanoUsd({ provider: new ExtractiveProvider(), model: 'extractive' }, { ...NO_TOKENS, input: 100 })).toBe(0);
  });
});
