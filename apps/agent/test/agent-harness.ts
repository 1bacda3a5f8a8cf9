import { AgentClient } from '@faas/agent-client';
import { scopes as allScopes, type Scope } from '@faas/api';
import { InternalTokens } from '@faas/auth';
import { startHttp, type RunningService } from '@faas/bootstrap';
import { openEmbeddedPostgres } from '@faas/embedded-postgres';
import { HttpClient } from '@faas/http-client';
import { createLogger } from '@faas/logging';
import { describeOnServer } from '@faas/testing';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentService } from '../src/agent.service-definition';
import { FakeGateway } from './fake-gateway';
import { FakeRag } from './fake-rag';

export const SERVICE_SECRET = 'a secret that only these specs and the service know';

const sentences = [
  'Requests are limited per key.',
  'Revoked keys stop working within thirty seconds.',
  'Ein Schlüssel gehört genau einem Mandanten 🔑.',
];

/** The agent service over real HTTP between a fake gateway and a fake rag, on a database of its own. */
export class AgentHarness {
  /** Made up for each harness: on a real PostgreSQL all suites share one database. */
  readonly tenant = `acme-${randomUUID().slice(0, 8)}`;
  readonly otherTenant = `globex-${randomUUID().slice(0, 8)}`;
  private readonly clients: HttpClient[] = [];

  private constructor(
    readonly service: RunningService,
    readonly gateway: FakeGateway,
    readonly rag: FakeRag,
    readonly environment: Record<string, string | number>,
    private readonly folder: string,
  ) {}

  /** @param databaseUrl a real PostgreSQL; without it the embedded one. */
  static async start(databaseUrl?: string): Promise<AgentHarness> {
    const folder = await mkdtemp(join(tmpdir(), 'agent-service-'));
    const gateway = await FakeGateway.start();
    const rag = await FakeRag.start({ handbook: sentences, empty: [] });
    const environment = {
      SERVICE_PORT: 0,
      LOG_LEVEL: 'error',
      DATA_DIR: folder,
      SERVICE_SECRET,
      GATEWAY_SERVICE_URL: gateway.url,
      RAG_SERVICE_URL: rag.url,
      REQUEST_TIMEOUT_MS: 20_000,
      ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
    };
    const service = await startHttp(agentService, { environment: {}, overrides: environment, openEmbedded: openEmbeddedPostgres });
    return new AgentHarness(service, gateway, rag, environment, folder);
  }

  /** The typed client, acting for a tenant. */
  client(tenant = this.tenant, baseUrl = this.service.url): AgentClient {
    const http = clientFor(tenant, baseUrl);
    this.clients.push(http);
    return new AgentClient(http);
  }

  /** A second instance of the service on the same PostgreSQL. */
  startInstance(): Promise<RunningService> {
    return startHttp(agentService, { environment: {}, overrides: this.environment, openEmbedded: openEmbeddedPostgres });
  }

  /** A bare request, for what the typed client would never send. */
  async fetch(path: string, { tenant = this.tenant, scopes, ...init }: RequestInit & { tenant?: string; scopes?: readonly Scope[] } = {}): Promise<Response> {
    const authorization = `Bearer ${await tokenFor(tenant, scopes)}`;
    return fetch(`${this.service.url}/api/v1/agents${path}`, { ...init, headers: { 'content-type': 'application/json', authorization, ...(init.headers as Record<string, string> | undefined) } });
  }

  /** Forgets scripts and what was asked. */
  reset(): void {
    this.gateway.reset();
    this.rag.searches.length = 0;
    this.rag.gate = undefined;
  }

  async stop(): Promise<void> {
    await this.service.close();
    await Promise.all(this.clients.map((client) => client.close()));
    await this.gateway.close();
    await this.rag.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

const tokens = new InternalTokens({ service: 'gateway', secret: SERVICE_SECRET });

export function tokenFor(tenant: string, scopes: readonly Scope[] = allScopes): Promise<string> {
  return tokens.mint('agent', { tenant, subject: 'spec', scopes });
}

export function clientFor(tenant: string, baseUrl: string): HttpClient {
  return new HttpClient({
    name: 'agent-service',
    baseUrl,
    logger: createLogger({ service: 'spec', level: 'error' }),
    retries: 0,
    headers: async () => ({ authorization: `Bearer ${await tokenFor(tenant)}` }),
  });
}

/** Runs a suite on the embedded database, and on PostgreSQL when TEST_DATABASE_URL names one. */
export function describeService(name: string, suite: (harness: () => AgentHarness) => void): void {
  const withHarness = (databaseUrl?: string) => () => {
    let harness: AgentHarness;
    beforeAll(async () => {
      harness = await AgentHarness.start(databaseUrl);
    });
    afterEach(() => harness.reset());
    afterAll(() => harness.stop());
    suite(() => harness);
  };
  describe(`${name}, embedded database`, withHarness());
  describeOnServer('TEST_DATABASE_URL', `${name}, PostgreSQL`, (url) => withHarness(url)());
}
