export { GatewayClient } from './gateway-client';
export { type CallOptions, type ChatInput, type EmbeddingInput, type NewKey } from './gateway-client.types';
