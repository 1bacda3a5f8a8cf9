import { loadConfig } from '@faas/config';
import { createLogger } from '@faas/logging';
import { FakeModelProvider } from '@faas/testing';
import { gatewayConfig } from '../gateway.config';
import { createProviders } from './create-providers';
import { ModelCatalogue } from './model-catalogue';
import { ProviderDiscovery } from './provider-discovery';
import { ProviderRegistry } from './provider-registry';

const logger = createLogger({ service: 'test', level: 'error', destination: { write: () => undefined } });

describe('which model answers', () => {
  let upstream: FakeModelProvider;
  const open: { close(): Promise<void> }[] = [];
  beforeAll(async () => {
    upstream = await FakeModelProvider.start();
  });
  afterAll(async () => {
    await Promise.all(open.map((providers) => providers.close()));
    await upstream.close();
  });

  async function registryOf(environment: Record<string, string>, discovered = false): Promise<ProviderRegistry> {
    const config = await loadConfig(gatewayConfig, { environment });
    const providers = createProviders(config, { logger, discover: false });
    open.push(providers);
    const [ollama] = createProviders(await loadConfig(gatewayConfig, { environment: { OLLAMA_BASE_URL: upstream.url } }), { logger, discover: false }).entries;
    const discoveries = discovered && ollama ? [new ProviderDiscovery({ ...ollama, source: 'discovered' })] : [];
    return new ProviderRegistry({ ...providers, discoveries, defaultModel: config.DEFAULT_MODEL, defaultEmbeddingModel: config.DEFAULT_EMBEDDING_MODEL }, new ModelCatalogue(logger));
  }
  const list = (...providers: object[]) => JSON.stringify(providers);

  it.each<[string, () => Record<string, string>, boolean, string, string | undefined]>([
    ['nothing is configured', () => ({}), false, 'local/extractive', undefined],
    ['an Ollama answers on this machine', () => ({}), true, 'ollama/fake-chat', 'ollama/fake-embed'],
    ['only an OpenAI key is set', () => ({ OPENAI_API_KEY: 'k' }), true, 'openai/gpt-5.4-mini', 'openai/text-embedding-3-small'],
    ['only an Anthropic key is set', () => ({ ANTHROPIC_API_KEY: 'k' }), false, 'anthropic/claude-haiku-4-5', undefined],
    ['OpenAI is somewhere else', () => ({ OPENAI_API_KEY: 'k', OPENAI_BASE_URL: `${upstream.url}/v1` }), false, 'openai/fake-chat', 'openai/fake-embed'],
    ['OLLAMA_BASE_URL is set', () => ({ OLLAMA_BASE_URL: `${upstream.url}/` }), false, 'ollama/fake-chat', 'ollama/fake-embed'],
    ['a provider of the list names its default', () => ({ MODEL_PROVIDERS: list({ name: 'vllm', kind: 'openai', baseUrl: upstream.url, models: ['a', 'b'], defaultModel: 'b' }) }), false, 'vllm/b', undefined],
    ['DEFAULT_MODEL says so', () => ({ OPENAI_API_KEY: 'k', DEFAULT_MODEL: 'local/extractive', DEFAULT_EMBEDDING_MODEL: 'openai/own' }), false, 'local/extractive', 'openai/own'],
    ['the only provider is out of reach', () => ({ MODEL_PROVIDERS: list({ name: 'gone', kind: 'openai', baseUrl: 'http://127.0.0.1:1/v1' }) }), false, 'local/extractive', undefined],
  ])('when %s', async (_name, environment, discovered, chat, embedding) => {
    const registry = await registryOf(environment(), discovered);
    expect((await registry.chatModel(undefined)).id).toBe(chat);
    expect((await registry.chatModel('default')).id).toBe(chat);
    expect(await registry.defaultEmbeddingModel()).toBe(embedding);
  });

  it('splits a name at its first slash only', async () => {
    const registry = await registryOf({ MODEL_PROVIDERS: list({ name: 'router', kind: 'openai', baseUrl: upstream.url }) });
    expect(await registry.chatModel('router/meta/llama-4')).toMatchObject({ model: 'meta/llama-4', id: 'router/meta/llama-4' });
  });

  it('says what is configured when it does not know a name', async () => {
    const registry = await registryOf({ OPENAI_API_KEY: 'k', MODEL_PROVIDERS: list({ name: 'few', kind: 'openai', baseUrl: upstream.url, models: ['a'] }) });
    await expect(registry.chatModel('gpt-5')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND', message: expect.stringContaining("for example 'openai/gpt-5'. Configured providers: openai, few, local") });
    await expect(registry.chatModel('nobody/gpt-5')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    await expect(registry.chatModel('few/b')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND', message: expect.stringContaining('configured with: a') });
    await expect(registry.chatModel('openai/')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });

  it('says what to set when nothing embeds', async () => {
    await expect((await registryOf({})).embeddingModel(undefined)).rejects.toMatchObject({ code: 'MODEL_CAPABILITY_MISSING', message: expect.stringContaining('DEFAULT_EMBEDDING_MODEL') });
  });

  it.each([
    ['no JSON', '{', /not valid JSON/],
    ['an unknown field', list({ name: 'a', kind: 'openai', baseUrl: 'http://a', key: 'x' }), /0/],
    ['a taken name', list({ name: 'local', kind: 'openai', baseUrl: 'http://a' }), /taken/],
    ['a name twice', list({ name: 'a', kind: 'openai', baseUrl: 'http://a' }, { name: 'a', kind: 'openai', baseUrl: 'http://b' }), /twice/],
    ['a secret where none belongs', list({ name: 'a', kind: 'openai', baseUrl: 'no url', apiKey: 'hush' }), /^(?!.*hush)/s],
  ])('refuses a list of providers with %s', async (_name, value, message) => {
    await expect(registryOf({ MODEL_PROVIDERS: value })).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(message) });
  });
});
