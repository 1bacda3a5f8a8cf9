import type { Logger } from '@faas/logging';
import type { GatewayConfig } from '../gateway.config';
import { ANTHROPIC_VERSION, AnthropicProvider } from '../providers/anthropic/anthropic.adapter';
import { EXTRACTIVE_MODEL, ExtractiveProvider } from '../providers/extractive/extractive.adapter';
import { OpenAiCompatibleProvider } from '../providers/openai/openai-compatible.adapter';
import { ProviderHttp } from '../providers/provider-http';
import type { ProviderEntry } from './provider-entry';
import { ProviderDiscovery } from './provider-discovery';
import { parseProviderList, type ConfiguredProvider } from './provider-list';

/** Used when OPENAI_API_KEY or ANTHROPIC_API_KEY is the whole configuration. */
const OPENAI_MODELS = { defaultModel: 'gpt-5.4-mini', defaultEmbeddingModel: 'text-embedding-3-small' };
const ANTHROPIC_MODELS = { defaultModel: 'claude-haiku-4-5' };
const OPENAI_HOST = 'api.openai.com';
const ANTHROPIC_HOST = 'api.anthropic.com';
const LOCAL_OLLAMA = 'http://127.0.0.1:11434';

/** Hosts by the provider's name in the price list; servers at other hosts are not priced unless `pricedAs` says so. */
const PRICED_HOSTS: Readonly<Record<string, string>> = {
  [OPENAI_HOST]: 'openai',
  [ANTHROPIC_HOST]: 'anthropic',
  'api.mistral.ai': 'mistral',
  'api.groq.com': 'groq',
  'api.deepseek.com': 'deepseek',
  'api.x.ai': 'x-ai',
  'openrouter.ai': 'openrouter',
  'api.together.xyz': 'together',
  'api.fireworks.ai': 'fireworks',
  'api.cerebras.ai': 'cerebras',
  'generativelanguage.googleapis.com': 'google',
};

export interface CreatedProviders {
  readonly entries: readonly ProviderEntry[];
  readonly discoveries: readonly ProviderDiscovery[];
  close(): Promise<void>;
}

/** Builds every provider that the configuration names. Calls nothing. @throws AppError CONFIG_INVALID. */
export function createProviders(config: GatewayConfig, { logger, discover }: { logger: Logger; discover: boolean }): CreatedProviders {
  const transports: ProviderHttp[] = [];
  const build = (settings: ConfiguredProvider, source: string): ProviderEntry => {
    const { name, kind, baseUrl, apiKey } = settings;
    const host = new URL(baseUrl).hostname;
    const headers = kind === 'anthropic' ? { 'anthropic-version': ANTHROPIC_VERSION, ...(apiKey ? { 'x-api-key': apiKey } : {}) } : { ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}) };
    const http = new ProviderHttp({ provider: name, baseUrl, headers, logger, connectTimeoutMs: config.MODEL_CONNECT_TIMEOUT_MS, timeoutMs: config.MODEL_TIMEOUT_MS });
    transports.push(http);
    const provider = kind === 'anthropic' ? new AnthropicProvider(name, http) : new OpenAiCompatibleProvider(name, http, { streamUsage: settings.streamUsage ?? true });
    return { provider, source, host, models: settings.models, defaultModel: settings.defaultModel ?? settings.models?.[0], defaultEmbeddingModel: settings.defaultEmbeddingModel, pricedAs: settings.pricedAs ?? PRICED_HOSTS[host] };
  };

  const configured = configuredProviders(config).map(({ source, ...settings }) => build(settings, source));
  const mayDiscover = discover && config.OLLAMA_DISCOVERY && !configured.some(({ provider }) => provider.name === 'ollama');
  const discoveries = mayDiscover ? [new ProviderDiscovery(build({ name: 'ollama', kind: 'openai', baseUrl: `${LOCAL_OLLAMA}/v1` }, 'discovered'))] : [];
  const builtIn: ProviderEntry = { provider: new ExtractiveProvider(), source: 'built-in', defaultModel: EXTRACTIVE_MODEL };
  return {
    entries: [...configured, builtIn],
    discoveries,
    close: async () => {
      await Promise.all(transports.map((transport) => transport.close()));
    },
  };
}

function configuredProviders(config: GatewayConfig): (ConfiguredProvider & { source: string })[] {
  const { OPENAI_API_KEY, OPENAI_BASE_URL, ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL, OLLAMA_BASE_URL } = config;
  const named: (ConfiguredProvider & { source: string })[] = [];
  if (OPENAI_API_KEY) {
    const known = new URL(OPENAI_BASE_URL).hostname === OPENAI_HOST ? OPENAI_MODELS : {};
    named.push({ name: 'openai', kind: 'openai', baseUrl: OPENAI_BASE_URL, apiKey: OPENAI_API_KEY, source: 'OPENAI_API_KEY', ...known });
  }
  if (ANTHROPIC_API_KEY) {
    const known = new URL(ANTHROPIC_BASE_URL).hostname === ANTHROPIC_HOST ? ANTHROPIC_MODELS : {};
    named.push({ name: 'anthropic', kind: 'anthropic', baseUrl: ANTHROPIC_BASE_URL, apiKey: ANTHROPIC_API_KEY, source: 'ANTHROPIC_API_KEY', ...known });
  }
  // One with a name of the list replaces the one that a single variable configures.
  const listed = parseProviderList(config.MODEL_PROVIDERS).map((provider) => ({ ...provider, source: 'MODEL_PROVIDERS' }));
  if (OLLAMA_BASE_URL) named.push({ name: 'ollama', kind: 'openai', baseUrl: `${OLLAMA_BASE_URL.replace(/\/+$/, '').replace(/\/v1$/, '')}/v1`, source: 'OLLAMA_BASE_URL' });
  const others = named.filter(({ name }) => !listed.some((provider) => provider.name === name));
  return [...others.filter(({ name }) => name !== 'ollama'), ...listed, ...others.filter(({ name }) => name === 'ollama')];
}
