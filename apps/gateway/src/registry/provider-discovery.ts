import { AppError } from '@faas/errors';
import type { ProviderEntry } from './provider-entry';

const PROBE_MS = 300;
const FOUND_MS = 60_000;
const MISSED_MS = 15_000;

/** Looks for a provider that may or may not run on this machine, cheaply and not at every request. */
export class ProviderDiscovery {
  private last?: { readonly found: Promise<ProviderEntry | undefined>; readonly until: number };

  constructor(
    private readonly entry: ProviderEntry,
    private readonly now: () => number = Date.now,
  ) {}

  /** The provider when it answers and has models. */
  find(): Promise<ProviderEntry | undefined> {
    if (this.last && this.last.until > this.now()) return this.last.found;
    const found = this.probe();
    this.last = { found, until: this.now() + PROBE_MS + MISSED_MS };
    void found.then((entry) => (this.last = { found, until: this.now() + (entry ? FOUND_MS : MISSED_MS) }));
    return found;
  }

  private async probe(): Promise<ProviderEntry | undefined> {
    try {
      const models = await this.entry.provider.models({ signal: AbortSignal.timeout(PROBE_MS) });
      return models.length > 0 ? this.entry : undefined;
    } catch (error) {
      // That it does not run is the usual case, not a failure.
      if (AppError.is(error)) return undefined;
      throw error;
    }
  }
}
