export {
  chatCompletionRequest,
  chatMessage,
  toolCall,
  toolDefinition,
  type ChatCompletionRequest,
  type ChatMessage,
  type ToolCall,
  type ToolDefinition,
} from './chat-request';
export { chatCompletion, chatCompletionChunk, chatUsage, type ChatCompletion, type ChatCompletionChunk, type ChatUsage } from './chat-answer';
export { embeddingAnswer, embeddingRequest, type EmbeddingAnswer, type EmbeddingRequest } from './embeddings';
export { modelCard, modelList, providerCard, providerKinds, providerPage, type ModelCard, type ModelList, type ProviderCard } from './models';
export { openAiError, type OpenAiError } from './openai-error';
export { settlements, usageOperations, usageOutcomes, usagePage, usageRecord, type UsageRecord } from './usage';
export {
  issuedKey,
  keyCard,
  keyPage,
  keyParams,
  keyQuery,
  keyRequest,
  keySet,
  revocations,
  tenantName,
  type IssuedKey,
  type KeyCard,
  type KeyParams,
  type KeyQuery,
  type KeyRequest,
  type KeySet,
  type Revocations,
} from './keys';
