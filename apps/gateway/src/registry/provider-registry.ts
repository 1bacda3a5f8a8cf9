import { AppError } from '@faas/errors';
import type { ResolvedModel } from '../calls/resolved-model';
import type { ModelCatalogue } from './model-catalogue';
import type { ProviderDiscovery } from './provider-discovery';
import type { ProviderEntry } from './provider-entry';

/** What a request says for "whatever is configured". */
const DEFAULT_NAME = 'default';

export interface RegistryOptions {
  /** In the order of preference; the built-in one is last. */
  readonly entries: readonly ProviderEntry[];
  /** Providers that may run on this machine; after the configured ones, before the built-in one. */
  readonly discoveries: readonly ProviderDiscovery[];
  /** DEFAULT_MODEL, DEFAULT_EMBEDDING_MODEL: `provider/model`. */
  readonly defaultModel?: string;
  readonly defaultEmbeddingModel?: string;
}

/** Finds the provider behind a model name. */
export class ProviderRegistry {
  constructor(
    private readonly options: RegistryOptions,
    private readonly catalogue: ModelCatalogue,
  ) {}

  /** Configured, then found on this machine, then built in. */
  async entries(): Promise<ProviderEntry[]> {
    const found = (await Promise.all(this.options.discoveries.map((discovery) => discovery.find()))).filter((entry) => entry !== undefined);
    const builtIn = this.options.entries.filter(({ source }) => source === 'built-in');
    return [...this.options.entries.filter(({ source }) => source !== 'built-in'), ...found, ...builtIn];
  }

  /** @throws AppError MODEL_NOT_FOUND naming what is configured. */
  async chatModel(name: string | null | undefined): Promise<ResolvedModel> {
    return this.named(name && name !== DEFAULT_NAME ? name : await this.defaultChatModel());
  }

  /** @throws AppError MODEL_NOT_FOUND, or MODEL_CAPABILITY_MISSING when no provider embeds. */
  async embeddingModel(name: string | null | undefined): Promise<ResolvedModel> {
    if (name && name !== DEFAULT_NAME) return this.named(name);
    const id = await this.defaultEmbeddingModel();
    if (id) return this.named(id);
    throw new AppError('MODEL_CAPABILITY_MISSING', 'No configured provider is known to embed. Set DEFAULT_EMBEDDING_MODEL, or name a model as provider/model.');
  }

  async defaultChatModel(): Promise<string> {
    if (this.options.defaultModel) return this.options.defaultModel;
    for (const entry of await this.entries()) {
      const id = await this.defaultChatModelOf(entry);
      if (id) return id;
    }
    throw new AppError('MODEL_NOT_FOUND', 'No provider has a model. Set DEFAULT_MODEL.');
  }

  async defaultEmbeddingModel(): Promise<string | undefined> {
    if (this.options.defaultEmbeddingModel) return this.options.defaultEmbeddingModel;
    for (const entry of await this.entries()) {
      const id = await this.defaultEmbeddingModelOf(entry);
      if (id) return id;
    }
    return undefined;
  }

  async defaultChatModelOf(entry: ProviderEntry): Promise<string | undefined> {
    return qualified(entry, entry.defaultModel ?? (await this.catalogue.firstChatModel(entry)));
  }

  async defaultEmbeddingModelOf(entry: ProviderEntry): Promise<string | undefined> {
    return qualified(entry, entry.defaultEmbeddingModel ?? (await this.catalogue.firstEmbeddingModel(entry)));
  }

  private async named(id: string): Promise<ResolvedModel> {
    const entries = await this.entries();
    const slash = id.indexOf('/');
    const entry = slash < 1 ? undefined : entries.find(({ provider }) => provider.name === id.slice(0, slash));
    const model = id.slice(slash + 1);
    if (!entry || model === '') throw unknownModel(id, entries);
    if (entry.models && !entry.models.includes(model))
      throw new AppError('MODEL_NOT_FOUND', `Unknown model '${id}'. Provider '${entry.provider.name}' is configured with: ${entry.models.join(', ')}.`, { details: { model: id } });
    return { provider: entry.provider, model, id, host: entry.host, pricedAs: entry.pricedAs };
  }
}

const qualified = ({ provider }: ProviderEntry, model: string | undefined) => (model ? `${provider.name}/${model}` : undefined);

function unknownModel(id: string, entries: readonly ProviderEntry[]): AppError {
  const names = entries.map(({ provider }) => provider.name);
  const example = `${names[0]}/${id.includes('/') ? id.slice(id.indexOf('/') + 1) || 'model' : id}`;
  return new AppError('MODEL_NOT_FOUND', `Unknown model '${id}'. Write provider/model, for example '${example}'. Configured providers: ${names.join(', ')}.`, { details: { model: id } });
}
