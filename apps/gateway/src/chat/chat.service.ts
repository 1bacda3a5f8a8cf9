import type { ChatCompletion, ChatCompletionChunk, ChatCompletionRequest } from '@faas/gateway-contract';
import { randomUUID } from 'node:crypto';
import type { MeteredStream, ModelCaller } from '../calls/model-caller';
import type { ResolvedModel } from '../calls/resolved-model';
import { ProviderRegistry } from '../registry/provider-registry';
import { writeChatCompletion, type ChatIdentity } from './chat-answer.mapping';
import { readChatRequest } from './chat-request.mapping';
import { ChatStreamWriter } from './chat-stream.mapping';

export type ChatAnswer = { readonly model: ResolvedModel } & ({ readonly kind: 'completion'; readonly completion: ChatCompletion } | { readonly kind: 'stream'; readonly chunks: AsyncIterable<ChatCompletionChunk> });

/** Answers a conversation with the model it names. */
export class ChatService {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly caller: ModelCaller,
    private readonly now: () => number = Date.now,
  ) {}

  /** @throws AppError as ModelProvider, and MODEL_NOT_FOUND. A stream's errors come with its first event or as its last. */
  async answer(body: ChatCompletionRequest): Promise<ChatAnswer> {
    const model = await this.registry.chatModel(body.model);
    const request = readChatRequest(body, model.model);
    const identity: ChatIdentity = { model: model.id, id: `chatcmpl-${randomUUID().replaceAll('-', '')}`, created: Math.floor(this.now() / 1000) };
    if (body.stream) return { model, kind: 'stream', chunks: chunksOf(this.caller.stream(model, request), identity, body.stream_options?.include_usage === true) };
    const { answer, tokens } = await this.caller.complete(model, request);
    return { model, kind: 'completion', completion: writeChatCompletion(answer, tokens, identity) };
  }
}

async function* chunksOf(stream: MeteredStream, identity: ChatIdentity, includeUsage: boolean): AsyncGenerator<ChatCompletionChunk> {
  const writer = new ChatStreamWriter(identity);
  for await (const event of stream.events) yield* writer.write(event);
  if (includeUsage) yield writer.usage(stream.tokens());
}
