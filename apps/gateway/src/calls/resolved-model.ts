import type { ModelProvider } from '../providers/model-provider.port';

/** A model name that was found: which provider to call, and how it is called there. */
export interface ResolvedModel {
  readonly provider: ModelProvider;
  /** The provider's own name of the model. */
  readonly model: string;
  /** `provider/model`, as callers write it. */
  readonly id: string;
  /** Host of the provider for telemetry; absent in process. */
  readonly host?: string;
  /** The provider's name in the price list; absent when calls cost nothing or nobody knows. */
  readonly pricedAs?: string;
}
