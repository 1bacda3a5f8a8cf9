import { InternalTokens } from '@faas/auth';
import { chatCompletionChunk, embeddingAnswer } from '@faas/gateway-contract';
import { HttpClient } from '@faas/http-client';
import type { Logger } from '@faas/logging';
import { requestSignal, requirePrincipal } from '@faas/request-context';
import type { ChatCompletions } from './query/answer-models/gateway.adapter';
import type { Embeddings } from './search/embedders/gateway.adapter';

export interface GatewayOptions {
  readonly baseUrl: string;
  readonly serviceSecret: string;
  readonly logger: Logger;
}

const EMBEDDING_TIMEOUT_MS = 60_000;
const END_OF_STREAM = '[DONE]';

/** The gateway, called for the caller's tenant with the one scope it needs: who may ask a collection may use the models that answer. */
export function connectGateway({ baseUrl, serviceSecret, logger }: GatewayOptions): ChatCompletions & Embeddings & { close(): Promise<void> } {
  const tokens = new InternalTokens({ service: 'rag', secret: serviceSecret });
  const headers = async () => ({ authorization: `Bearer ${await tokens.mint('gateway', { ...requirePrincipal(), scopes: ['gateway:use'] })}` });
  const http = new HttpClient({ name: 'gateway-service', baseUrl, logger, internal: true, headers });
  return {
    async *streamChat(body) {
      for await (const { data } of http.events({ method: 'POST', path: '/api/v1/gateway/v1/chat/completions', body, signal: requestSignal() }, { until: (event) => event.data === END_OF_STREAM })) {
        if (data !== END_OF_STREAM) yield chatCompletionChunk.parse(JSON.parse(data));
      }
    },
    embed: (body) => http.json({ method: 'POST', path: '/api/v1/gateway/v1/embeddings', body, idempotent: true, timeoutMs: EMBEDDING_TIMEOUT_MS, signal: requestSignal() }, embeddingAnswer),
    close: () => http.close(),
  };
}
