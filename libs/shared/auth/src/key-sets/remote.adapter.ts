import type { Logger } from '@faas/logging';
import { createLocalJWKSet, type CryptoKey, type JWSHeaderParameters, type LocalJWKSet } from 'jose';
import type { Clock } from '../clock';
import type { FetchJson } from '../fetching/fetch-json.port';
import { parseJwks } from './jwks.schema';
import { KeySet } from './key-set.port';
import { RefreshedValue } from '../fetching/refreshed-value';
import { findKey, unknownKey } from './static.adapter';

const minutes = 60_000;
/** Unknown key ids cost an attacker nothing: they cause one fetch in this time, no more. */
const unknownKeyPauseMs = 10_000;

/** A JWKS behind a URL: fetched with the first token, kept 10 min, usable for 24 h while its server is down. */
export class RemoteKeySet extends KeySet {
  private readonly keys: RefreshedValue<LocalJWKSet>;

  constructor({ url, fetchJson, logger, clock = Date.now }: { url: string; fetchJson: FetchJson; logger: Pick<Logger, 'warn'>; clock?: Clock }) {
    super();
    const load = async (): Promise<LocalJWKSet> => {
      const answer = await fetchJson(url);
      if (!answer.modified) throw new Error('The answer says "not modified" although no ETag was sent.');
      return createLocalJWKSet(parseJwks(answer.body));
    };
    this.keys = new RefreshedValue({ what: `the key set ${url}`, load, freshMs: 10 * minutes, usableMs: 24 * 60 * minutes, retryMs: unknownKeyPauseMs, clock, logger });
  }

  async find(header: JWSHeaderParameters): Promise<CryptoKey> {
    const known = await findKey(await this.keys.get(), header);
    if (known) return known;
    const added = await findKey(await this.keys.refresh(unknownKeyPauseMs), header);
    if (added) return added;
    throw this.keys.isOutdated ? this.keys.unavailable() : unknownKey();
  }
}
