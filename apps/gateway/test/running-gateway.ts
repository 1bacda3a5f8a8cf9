import 'reflect-metadata';
import { startHttp, type OpenEmbedded } from '@faas/bootstrap';
import { openTemporaryPostgres } from '@faas/embedded-postgres';
import { KeySigner } from '@faas/auth';
import type { Logger } from '@faas/logging';
import type { ThrowawayDatabase } from '@faas/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gatewayService } from '../src/gateway.service-definition';

const SIGNING_SECRET = 'signing-secret-of-the-gateway-tests-0123456789';
const SERVICE_SECRET = 'service-secret-of-the-gateway-tests-0123456789';

export interface RunningGateway {
  readonly url: string;
  readonly api: string;
  /** Issues a key without asking the service. */
  keyFor(tenant: string, scopes: readonly string[]): Promise<string>;
  get(path: string, key?: string, headers?: Record<string, string>): Promise<Response>;
  post(path: string, body: unknown, key?: string, headers?: Record<string, string>): Promise<Response>;
  close(): Promise<void>;
}

export interface GatewayOptions {
  readonly variables?: Readonly<Record<string, string | number | boolean>>;
  /** Default: an embedded database that is deleted at the end. */
  readonly database?: ThrowawayDatabase;
  readonly logger?: Logger;
}

/** The gateway on a free port, with its own database. */
export async function startGateway({ variables, database, logger }: GatewayOptions = {}): Promise<RunningGateway> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-'));
  const source = database?.source();
  const openEmbedded: OpenEmbedded = async () => (source?.kind === 'embedded' ? source : openTemporaryPostgres());
  const overrides = {
    SERVICE_PORT: 0,
    DATA_DIR: folder,
    LOG_LEVEL: 'error',
    AUTH_SIGNING_SECRET: SIGNING_SECRET,
    SERVICE_SECRET,
    OLLAMA_DISCOVERY: false,
    ...(source?.kind === 'url' ? { DATABASE_URL: source.url } : {}),
    ...variables,
  };
  const service = await startHttp(gatewayService, { environment: {}, overrides, openEmbedded, logger });
  const signer = new KeySigner(SIGNING_SECRET);
  const api = `${service.url}/api/v1/gateway`;
  const authorization = (key: string | undefined): Record<string, string> => (key ? { authorization: `Bearer ${key}` } : {});
  return {
    url: service.url,
    api,
    keyFor: async (tenant, scopes) => (await signer.issue({ tenant, subject: 'test', scopes })).key,
    get: (path, key, headers = {}) => fetch(api + path, { headers: { ...authorization(key), ...headers } }),
    post: (path, body, key, headers = {}) =>
      fetch(api + path, { method: 'POST', headers: { 'content-type': 'application/json', ...authorization(key), ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) }),
    close: async () => {
      await service.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
