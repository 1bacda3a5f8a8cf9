import { describeModelProvider, requestOf } from '../model-provider.port-suite';
import { ExtractiveProvider } from './extractive.adapter';

describeModelProvider('local/extractive', { provider: () => new ExtractiveProvider(), model: 'extractive' });

describe('local/extractive', () => {
  const provider = new ExtractiveProvider();
  const signal = new AbortController().signal;

  it('says that it cannot embed and what to configure', async () => {
    await expect(provider.embed({ model: 'extractive', input: ['a'], extra: {} })).rejects.toMatchObject({ code: 'MODEL_CAPABILITY_MISSING', message: expect.stringContaining('OPENAI_API_KEY') });
  });

  it('does not know other models', async () => {
    await expect(provider.complete(requestOf({ model: 'gpt' }), { signal })).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });
});
