import { InternalTokens, type ServiceName } from '@faas/auth';
import { GatewayClient } from '@faas/gateway-client';
import { HttpClient } from '@faas/http-client';
import type { Logger } from '@faas/logging';
import { collection, searchAnswer } from '@faas/rag-contract';
import { requirePrincipal } from '@faas/request-context';
import type { Scope } from '@faas/api';
import type { CollectionReader } from './agents/collection-directories/rag.adapter';
import type { PassageSearch } from './loop/tools/retrieval.adapter';

export interface NeighbourOptions {
  readonly config: { readonly GATEWAY_SERVICE_URL: string; readonly RAG_SERVICE_URL: string };
  readonly serviceSecret: string;
  readonly logger: Logger;
}

export interface Neighbours {
  readonly gateway: GatewayClient;
  readonly rag: PassageSearch & CollectionReader;
  close(): Promise<void>;
}

/**
 * The services that agents use. Each call acts for the caller's tenant with the one scope it needs: who may use an agent
 * may use what the agent uses.
 */
export function connectNeighbours({ config, serviceSecret, logger }: NeighbourOptions): Neighbours {
  const tokens = new InternalTokens({ service: 'agent', secret: serviceSecret });
  const actingWith = (audience: ServiceName, scope: Scope) => async () => ({ authorization: `Bearer ${await tokens.mint(audience, { ...requirePrincipal(), scopes: [scope] })}` });
  const gateway = new HttpClient({ name: 'gateway-service', baseUrl: config.GATEWAY_SERVICE_URL, logger, internal: true, headers: actingWith('gateway', 'gateway:use') });
  const rag = new HttpClient({ name: 'rag-service', baseUrl: config.RAG_SERVICE_URL, logger, internal: true, headers: actingWith('rag', 'rag:read') });
  return {
    gateway: new GatewayClient(gateway),
    rag: {
      search: (name, body, { signal }) => rag.json({ method: 'POST', path: `/api/v1/rag/collections/${encodeURIComponent(name)}/search`, body, idempotent: true, signal }, searchAnswer),
      getCollection: (name) => rag.json({ method: 'GET', path: `/api/v1/rag/collections/${encodeURIComponent(name)}` }, collection),
    },
    async close() {
      await Promise.all([gateway.close(), rag.close()]);
    },
  };
}
