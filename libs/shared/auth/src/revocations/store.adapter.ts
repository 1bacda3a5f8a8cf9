import type { Logger } from '@faas/logging';
import type { Clock } from '../clock';
import { RefreshedValue } from '../fetching/refreshed-value';
import { RevocationList } from './revocation-list.port';

/** The gateway's own: reads its store. Other processes' revocations are seen after 5 s, its own at once by `invalidate`. */
export class StoreRevocationList extends RevocationList {
  private readonly list: RefreshedValue<ReadonlySet<string>>;

  constructor({ read, logger, clock = Date.now }: {
    /** Ids of revoked, unexpired keys of all tenants. */
    read: () => Promise<Iterable<string>>;
    logger: Pick<Logger, 'warn'>;
    clock?: Clock;
  }) {
    super();
    const load = async (): Promise<ReadonlySet<string>> => new Set(await read());
    this.list = new RefreshedValue({ what: 'the store of revoked keys', load, freshMs: 5_000, usableMs: 600_000, retryMs: 5_000, clock, logger });
  }

  async isRevoked(keyId: string): Promise<boolean> {
    return (await this.list.get()).has(keyId);
  }

  /** To be called after a revocation was committed. */
  invalidate(): void {
    this.list.invalidate();
  }
}
