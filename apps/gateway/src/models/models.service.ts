import type { Page, PageQuery } from '@faas/api';
import { AppError } from '@faas/errors';
import type { ModelList, ProviderCard } from '@faas/gateway-contract';
import { ModelCatalogue } from '../registry/model-catalogue';
import type { ProviderEntry } from '../registry/provider-entry';
import { ProviderRegistry } from '../registry/provider-registry';

/** What can be called here. */
export class ModelsService {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly catalogue: ModelCatalogue,
  ) {}

  async models(): Promise<ModelList> {
    const entries = await this.registry.entries();
    const lists = await Promise.all(
      entries.map(async (entry) => {
        const { name } = entry.provider;
        return (await this.catalogue.modelsOf(entry)).map((model) => ({ id: `${name}/${model.name}`, object: 'model' as const, created: model.createdAt, owned_by: name }));
      }),
    );
    return { object: 'list', data: lists.flat() };
  }

  /** @throws AppError CURSOR_INVALID. */
  async providers({ limit, after }: PageQuery): Promise<Page<ProviderCard>> {
    const entries = await this.registry.entries();
    const start = after === undefined ? 0 : entries.findIndex(({ provider }) => provider.name === after) + 1;
    if (after !== undefined && start === 0) throw new AppError('CURSOR_INVALID', '`after` is not the id of a provider in this list.');
    const chosen = await this.registry.defaultChatModel();
    const data = await Promise.all(entries.slice(start, start + limit).map((entry) => this.card(entry, chosen)));
    return { data, hasMore: start + limit < entries.length, lastId: data.at(-1)?.id ?? null };
  }

  private async card(entry: ProviderEntry, chosen: string): Promise<ProviderCard> {
    const [defaultModel, defaultEmbeddingModel] = await Promise.all([this.registry.defaultChatModelOf(entry), this.registry.defaultEmbeddingModelOf(entry)]);
    const { name, kind } = entry.provider;
    return { id: name, kind, source: entry.source, isDefault: chosen.startsWith(`${name}/`), defaultModel: defaultModel ?? null, defaultEmbeddingModel: defaultEmbeddingModel ?? null };
  }
}
