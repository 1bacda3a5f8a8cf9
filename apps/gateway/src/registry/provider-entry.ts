import type { ModelProvider } from '../providers/model-provider.port';

/** A configured provider: the adapter and what the configuration says about it. */
export interface ProviderEntry {
  readonly provider: ModelProvider;
  /** Where it comes from: a variable, `discovered` or `built-in`. */
  readonly source: string;
  readonly host?: string;
  /** The only models that may be called; absent: all that the provider has. */
  readonly models?: readonly string[];
  readonly defaultModel?: string;
  readonly defaultEmbeddingModel?: string;
  readonly pricedAs?: string;
}
