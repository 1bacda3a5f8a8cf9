import { InternalTokens } from '@faas/auth';
import { GatewayClient } from '@faas/gateway-client';
import { HttpClient } from '@faas/http-client';
import type { Logger } from '@faas/logging';
import { requirePrincipal } from '@faas/request-context';

export interface GatewayOptions {
  readonly baseUrl: string;
  readonly serviceSecret: string;
  readonly logger: Logger;
}

/** The gateway, called for the caller's tenant with the one scope it needs: who may ask a collection may use the models that answer. */
export function connectGateway({ baseUrl, serviceSecret, logger }: GatewayOptions): { gateway: GatewayClient; close(): Promise<void> } {
  const tokens = new InternalTokens({ service: 'rag', secret: serviceSecret });
  const headers = async () => ({ authorization: `Bearer ${await tokens.mint('gateway', { ...requirePrincipal(), scopes: ['gateway:use'] })}` });
  const http = new HttpClient({ name: 'gateway-service', baseUrl, logger, internal: true, headers });
  return { gateway: new GatewayClient(http), close: () => http.close() };
}
