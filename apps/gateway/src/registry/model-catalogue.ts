import type { Logger } from '@faas/logging';
import type { ModelDescription } from '../providers/model-provider.port';
import type { ProviderEntry } from './provider-entry';

const FRESH_MS = 60_000;
const RETRY_MS = 10_000;
const DEADLINE_MS = 3_000;
/** Models that do not chat, by the words providers use in their names. */
const NOT_CHAT = /embed|whisper|tts|transcri|speech|moderation|rerank|dall-e|image|realtime|audio|bge-|gte-|e5-|minilm|nomic|guard/i;

interface Listing {
  readonly models: Promise<readonly ModelDescription[]>;
  readonly until: number;
}

/** What the providers list, remembered for a minute. A provider that does not answer is listed by what the configuration names. */
export class ModelCatalogue {
  private readonly listings = new Map<string, Listing>();

  constructor(
    private readonly logger: Logger,
    private readonly now: () => number = Date.now,
  ) {}

  async modelsOf(entry: ProviderEntry): Promise<readonly ModelDescription[]> {
    const { name } = entry.provider;
    const known = this.listings.get(name);
    if (known && known.until > this.now()) return known.models;
    const listing = { models: this.list(entry), until: this.now() + FRESH_MS };
    this.listings.set(name, listing);
    return listing.models;
  }

  /** The first model that can chat: the default of a provider that was configured without one. */
  async firstChatModel(entry: ProviderEntry): Promise<string | undefined> {
    return (await this.modelsOf(entry)).find(({ name }) => !NOT_CHAT.test(name))?.name;
  }

  async firstEmbeddingModel(entry: ProviderEntry): Promise<string | undefined> {
    return (await this.modelsOf(entry)).find(({ name }) => /embed|bge-|gte-|minilm|nomic/i.test(name))?.name;
  }

  private async list(entry: ProviderEntry): Promise<readonly ModelDescription[]> {
    const configured = [...new Set([...(entry.models ?? []), entry.defaultModel, entry.defaultEmbeddingModel])].flatMap((name) => (name ? [{ name, createdAt: 0 }] : []));
    try {
      const listed = await entry.provider.models({ signal: AbortSignal.timeout(DEADLINE_MS) });
      const allowed = entry.models;
      return allowed ? [...allowed].map((name) => listed.find((model) => model.name === name) ?? { name, createdAt: 0 }) : [...listed, ...configured.filter(({ name }) => !listed.some((model) => model.name === name))];
    } catch (error) {
      // One provider out of reach must not hide the others: it is listed by what is known of it, and asked again soon.
      this.logger.warn('provider.models-not-listed', { provider: entry.provider.name, error });
      this.listings.set(entry.provider.name, { models: Promise.resolve(configured), until: this.now() + RETRY_MS });
      return configured;
    }
  }
}
