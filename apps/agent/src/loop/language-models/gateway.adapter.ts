import type { GatewayClient } from '@faas/gateway-client';
import { LanguageModel, type ModelChunk, type ModelRequest } from '../language-model.port';
import { AnswerAssembly, toChatCompletionRequest } from './chat-completion.mapping';

/** Any model that the gateway service reaches. */
export class GatewayLanguageModel extends LanguageModel {
  constructor(private readonly gateway: Pick<GatewayClient, 'streamChat'>) {
    super();
  }

  async *stream(request: ModelRequest): AsyncGenerator<ModelChunk> {
    const answer = new AnswerAssembly();
    for await (const chunk of this.gateway.streamChat(toChatCompletionRequest(request), { signal: request.signal })) {
      const text = answer.add(chunk);
      if (text !== '') yield { type: 'text', text };
    }
    yield answer.end();
  }
}
