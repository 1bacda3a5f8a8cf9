import type { Logger } from '@faas/logging';
import type { Clock } from '../clock';
import type { FetchJson } from '../fetching/fetch-json.port';
import { RefreshedValue } from '../fetching/refreshed-value';
import { RevocationList } from './revocation-list.port';
import { revocationsAnswer } from './revocations.schema';

interface Fetched {
  readonly keyIds: ReadonlySet<string>;
  readonly etag?: string;
}

/** The list of the gateway, asked for when a token is checked and the last answer is 30 s old. */
export class RemoteRevocationList extends RevocationList {
  private readonly list: RefreshedValue<Fetched>;

  constructor({ url, fetchJson, logger, clock = Date.now }: { url: string; fetchJson: FetchJson; logger: Pick<Logger, 'warn'>; clock?: Clock }) {
    super();
    const load = async (previous: Fetched | undefined): Promise<Fetched> => {
      const answer = await fetchJson(url, previous?.etag ? { etag: previous.etag } : {});
      if (answer.modified) return { keyIds: new Set(revocationsAnswer.parse(answer.body).data), etag: answer.etag };
      if (previous) return previous;
      throw new Error('The answer says "not modified" although nothing was known.');
    };
    this.list = new RefreshedValue({ what: 'the revocation list', load, freshMs: 30_000, usableMs: 600_000, retryMs: 30_000, clock, logger });
  }

  async isRevoked(keyId: string): Promise<boolean> {
    return (await this.list.get()).keyIds.has(keyId);
  }
}
