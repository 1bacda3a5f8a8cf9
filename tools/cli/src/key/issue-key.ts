import { scopes as allScopes, type Scope } from '@faas/api';
import { KeySigner } from '@faas/auth';
import { resolveReference } from '@faas/config';
import { AppError } from '@faas/errors';
import type { GatewayClient } from '@faas/gateway-client';

export interface KeyOptions {
  readonly tenant: string;
  readonly scopes: readonly Scope[];
  readonly name: string;
  readonly expires?: Date;
  /** Reference to the gateway's AUTH_SIGNING_SECRET: signs here, without asking a service. */
  readonly signingSecret?: string;
}

export interface NewKey {
  readonly id: string;
  readonly key: string;
  readonly tenant: string;
  readonly scopes: readonly string[];
  readonly expiresAt: string | null;
}

/** Issues a key through the gateway, or offline when the signing secret is at hand. @throws AppError what was refused. */
export async function issueKey(gateway: GatewayClient, { tenant, scopes, name, expires, signingSecret }: KeyOptions): Promise<NewKey> {
  if (signingSecret !== undefined) {
    const signer = new KeySigner(await resolveReference(signingSecret, process.env));
    const issued = await signer.issue({ tenant, subject: name, scopes, expiresAt: expires });
    return { id: issued.keyId, key: issued.key, tenant, scopes, expiresAt: issued.expiresAt.toISOString() };
  }
  const { id, key, expiresAt, ...card } = await gateway.issueKey({ tenant, name, scopes: [...scopes], expiresAt: expires?.toISOString() });
  return { id, key, tenant: card.tenant, scopes: card.scopes, expiresAt };
}

/** @throws AppError REQUEST_INVALID naming the scopes there are. */
export function parseScopes(text: string): Scope[] {
  const names = text.split(/[\s,]+/).filter((name) => name !== '');
  const unknown = names.filter((name) => !allScopes.includes(name as Scope));
  if (names.length === 0 || unknown.length > 0) throw new AppError('REQUEST_INVALID', `Unknown scope '${unknown.join(', ')}'. There are: ${allScopes.join(', ')}.`);
  return names as Scope[];
}

const units: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000 };

/** `90d`, `12h` or a date. @throws AppError REQUEST_INVALID */
export function parseExpiry(text: string, now = Date.now()): Date {
  const [, amount, unit] = /^(\d+)([hd])$/.exec(text) ?? [];
  const time = amount && unit ? now + Number(amount) * (units[unit] ?? 0) : Date.parse(text);
  if (!Number.isFinite(time) || time <= now) throw new AppError('REQUEST_INVALID', `'${text}' is not a time to come. Write 90d, 12h or a date such as 2027-01-31.`);
  return new Date(time);
}
