import type { Scope } from '@faas/api';
import { InternalTokens, type ServiceName } from '@faas/auth';
import { GatewayClient } from '@faas/gateway-client';
import { HttpClient } from '@faas/http-client';
import type { Logger } from '@faas/logging';
import { RagClient } from '@faas/rag-client';
import { requirePrincipal } from '@faas/request-context';

export interface NeighbourOptions {
  readonly config: { readonly GATEWAY_SERVICE_URL: string; readonly RAG_SERVICE_URL: string };
  readonly serviceSecret: string;
  readonly logger: Logger;
}

export interface Neighbours {
  readonly gateway: GatewayClient;
  readonly rag: RagClient;
  close(): Promise<void>;
}

/**
 * The services that agents use. Each call acts for the caller's tenant with the one scope it needs: who may use an agent
 * may use what the agent uses.
 */
export function connectNeighbours({ config, serviceSecret, logger }: NeighbourOptions): Neighbours {
  const tokens = new InternalTokens({ service: 'agent', secret: serviceSecret });
  const connect = (audience: ServiceName, baseUrl: string, scope: Scope) =>
    new HttpClient({
      name: `${audience}-service`,
      baseUrl,
      logger,
      internal: true,
      headers: async () => ({ authorization: `Bearer ${await tokens.mint(audience, { ...requirePrincipal(), scopes: [scope] })}` }),
    });
  const gateway = connect('gateway', config.GATEWAY_SERVICE_URL, 'gateway:use');
  const rag = connect('rag', config.RAG_SERVICE_URL, 'rag:read');
  return {
    gateway: new GatewayClient(gateway),
    rag: new RagClient(rag),
    close: async () => {
      await Promise.all([gateway.close(), rag.close()]);
    },
  };
}
