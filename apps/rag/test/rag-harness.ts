import { scopes as allScopes, type Scope } from '@faas/api';
import { InternalTokens } from '@faas/auth';
import { startHttp, type RunningService } from '@faas/bootstrap';
import { openEmbeddedPostgres } from '@faas/embedded-postgres';
import { HttpClient } from '@faas/http-client';
import { createLogger } from '@faas/logging';
import { RagClient, type FileUpload, type TextOrUrl } from '@faas/rag-client';
import type { Document } from '@faas/rag-contract';
import { describeOnServer } from '@faas/testing';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ragService } from '../src/rag.service-definition';
import { FakeGateway } from './fake-gateway';

export const SERVICE_SECRET = 'a secret that only these specs and the service know';

export interface HarnessOptions {
  readonly databaseUrl?: string;
  readonly variables?: Readonly<Record<string, string | number>>;
}

/** The rag service over real HTTP beside a fake gateway, on a database of its own. */
export class RagHarness {
  /** Made up for each harness: on a real PostgreSQL all suites share one database. */
  readonly tenant = `acme-${randomUUID().slice(0, 8)}`;
  readonly otherTenant = `globex-${randomUUID().slice(0, 8)}`;
  private readonly clients: HttpClient[] = [];

  private constructor(
    readonly service: RunningService,
    readonly gateway: FakeGateway,
    readonly environment: Record<string, string | number>,
    private readonly folder: string,
  ) {}

  static async start({ databaseUrl, variables }: HarnessOptions = {}): Promise<RagHarness> {
    const folder = await mkdtemp(join(tmpdir(), 'rag-service-'));
    const gateway = await FakeGateway.start();
    const environment = {
      SERVICE_PORT: 0,
      LOG_LEVEL: 'error',
      DATA_DIR: folder,
      SERVICE_SECRET,
      GATEWAY_SERVICE_URL: gateway.url,
      REQUEST_TIMEOUT_MS: 30_000,
      MAX_BODY_BYTES: 4 * 1024 * 1024,
      ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
      ...variables,
    };
    const service = await startHttp(ragService, { environment: {}, overrides: environment, openEmbedded: openEmbeddedPostgres });
    return new RagHarness(service, gateway, environment, folder);
  }

  /** The typed client, acting for a tenant. */
  client(tenant = this.tenant): RagClient {
    const http = clientFor(tenant, this.service.url);
    this.clients.push(http);
    return new RagClient(http);
  }

  /** A bare request, for what the typed client would never send. */
  async fetch(path: string, { tenant = this.tenant, scopes, ...init }: RequestInit & { tenant?: string; scopes?: readonly Scope[] } = {}): Promise<Response> {
    const json = init.body === undefined || typeof init.body !== 'string' ? {} : { 'content-type': 'application/json' };
    const authorization = `Bearer ${await tokenFor(tenant, scopes)}`;
    return fetch(`${this.service.url}/api/v1/rag${path}`, { ...init, headers: { ...json, authorization, ...(init.headers as Record<string, string> | undefined) } });
  }

  /** Uploads and waits until the document can be searched. */
  async ingested(collection: string, input: TextOrUrl | FileUpload, client = this.client()): Promise<Document> {
    const { document, job } = await ('bytes' in input ? client.addFile(collection, input) : client.addDocument(collection, input));
    if (job) {
      const { status, error } = await client.finishedJob(job.id);
      if (status !== 'succeeded') throw new Error(`The job ended as ${status}: ${error?.message}`);
    }
    return client.getDocument(collection, document.id);
  }

  async stop(): Promise<void> {
    await this.service.close();
    await Promise.all(this.clients.map((client) => client.close()));
    await this.gateway.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

const tokens = new InternalTokens({ service: 'agent', secret: SERVICE_SECRET });

export function tokenFor(tenant: string, scopes: readonly Scope[] = allScopes): Promise<string> {
  return tokens.mint('rag', { tenant, subject: 'spec', scopes });
}

export function clientFor(tenant: string, baseUrl: string): HttpClient {
  return new HttpClient({
    name: 'rag-service',
    baseUrl,
    logger: createLogger({ service: 'spec', level: 'error' }),
    retries: 0,
    headers: async () => ({ authorization: `Bearer ${await tokenFor(tenant)}` }),
  });
}

/** Runs a suite on the embedded database, and on PostgreSQL when TEST_DATABASE_URL names one. */
export function describeService(name: string, suite: (harness: () => RagHarness) => void, variables?: HarnessOptions['variables']): void {
  const withHarness = (databaseUrl?: string) => () => {
    let harness: RagHarness;
    beforeAll(async () => {
      harness = await RagHarness.start({ databaseUrl, variables });
    });
    afterEach(() => harness.gateway.reset());
    afterAll(() => harness.stop());
    suite(() => harness);
  };
  describe(`${name}, embedded database`, withHarness());
  describeOnServer('TEST_DATABASE_URL', `${name}, PostgreSQL`, (url) => withHarness(url)());
}
