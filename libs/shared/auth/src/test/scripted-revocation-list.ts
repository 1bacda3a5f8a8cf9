import { RevocationList } from '../revocations/revocation-list.port';

/** Holds what the test revokes. */
export class ScriptedRevocationList extends RevocationList {
  readonly revoked = new Set<string>();
  failure: Error | undefined;
  asked = 0;

  async isRevoked(keyId: string): Promise<boolean> {
    this.asked++;
    if (this.failure) throw this.failure;
    return this.revoked.has(keyId);
  }
}
