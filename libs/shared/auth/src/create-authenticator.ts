import { AppError } from '@faas/errors';
import type { Logger } from '@faas/logging';
import { Authenticator } from './authenticator';
import type { Clock } from './clock';
import type { FetchJson } from './fetching/fetch-json.port';
import { createFetchJson } from './fetching/http-fetch-json';
import { InternalTokens, type ServiceName } from './tokens/internal-tokens';
import { IssuerTokens } from './tokens/issuer-token.kind';
import { parseIssuers } from './tokens/issuer.schema';
import { jwksPath, parseInlineJwks } from './key-sets/jwks.schema';
import type { KeySet } from './key-sets/key-set.port';
import { KeySigner } from './keys/key-signer';
import { KeyTokens } from './tokens/key-token.kind';
import { RememberingVerifier } from './tokens/remembering.verifier';
import { RemoteKeySet } from './key-sets/remote.adapter';
import { RemoteRevocationList } from './revocations/remote.adapter';
import type { RevocationList } from './revocations/revocation-list.port';
import { revocationsPath } from './revocations/revocations.schema';
import { StaticKeySet } from './key-sets/static.adapter';

/** The variables this reads, as `commonVariables`, `networkVariables` and `keySetVariables` declare them. */
export interface AuthConfig {
  readonly AUTH_MODE: 'required' | 'none';
  readonly AUTH_ISSUERS?: string;
  readonly AUTH_JWKS?: string;
  readonly AUTH_JWKS_URL?: string;
  readonly GATEWAY_SERVICE_URL?: string;
}

export interface AuthenticatorOptions {
  /** Who this is: the audience of internal tokens that it accepts. */
  readonly service: ServiceName;
  readonly config: AuthConfig;
  readonly logger: Logger;
  /** On the gateway: keys are checked with its own public keys. Elsewhere: absent. */
  readonly signingSecret?: string;
  readonly serviceSecret: string;
  /** Default: the gateway's list over HTTP. The gateway passes a StoreRevocationList. */
  readonly revocations?: RevocationList;
  /** Default: over HttpClient. */
  readonly fetchJson?: FetchJson;
  readonly clock?: Clock;
}

/**
 * Wires everything that decides who sent a request. Fetches nothing before the first token.
 *
 * @throws AppError CONFIG_INVALID for AUTH_ISSUERS or AUTH_JWKS that cannot be used, a short secret, or no gateway to ask.
 */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { service, config, serviceSecret, logger, clock = Date.now } = options;
  const fetchJson = options.fetchJson ?? createFetchJson(logger);
  const remote = { fetchJson, logger, clock };
  const kinds = [
    new KeyTokens(keySetOf(options, remote), clock),
    new InternalTokens({ service, secret: serviceSecret, clock }),
    ...parseIssuers(config.AUTH_ISSUERS).map((issuer) => new IssuerTokens(issuer, new RemoteKeySet({ url: issuer.jwksUrl, ...remote }), clock)),
  ];
  const revocations = options.revocations ?? new RemoteRevocationList({ url: gatewayUrl(config, revocationsPath), ...remote });
  return new Authenticator(config.AUTH_MODE, new RememberingVerifier(kinds, revocations, clock));
}

function keySetOf({ signingSecret, config }: AuthenticatorOptions, remote: { fetchJson: FetchJson; logger: Logger; clock: Clock }): KeySet {
  if (signingSecret !== undefined) return new StaticKeySet(new KeySigner(signingSecret).jwks());
  if (config.AUTH_JWKS !== undefined) return new StaticKeySet(parseInlineJwks(config.AUTH_JWKS));
  return new RemoteKeySet({ url: config.AUTH_JWKS_URL ?? gatewayUrl(config, jwksPath), ...remote });
}

function gatewayUrl(config: AuthConfig, path: string): string {
  if (config.GATEWAY_SERVICE_URL) return new URL(path, config.GATEWAY_SERVICE_URL).href;
  throw new AppError('CONFIG_INVALID', `GATEWAY_SERVICE_URL: needed to check keys (${path}).`);
}
