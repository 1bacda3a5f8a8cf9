import type { GatewayClient } from '@faas/gateway-client';
import { requestSignal } from '@faas/request-context';
import { AnswerModel, type AnswerEvent, type AnswerRequest } from '../answer-model.port';
import { answerPrompt } from '../answer-prompt';

/** Asks a model through the gateway. */
export class GatewayAnswerModel extends AnswerModel {
  constructor(private readonly gateway: Pick<GatewayClient, 'streamChat'>) {
    super();
  }

  async *answer(request: AnswerRequest): AsyncIterable<AnswerEvent> {
    let started = false;
    let truncated = false;
    let usage = { inputTokens: 0, outputTokens: 0 };
    for await (const chunk of this.gateway.streamChat(answerPrompt(request), { signal: requestSignal() })) {
      if (!started) yield { type: 'started', model: chunk.model };
      started = true;
      const [choice] = chunk.choices;
      if (choice?.delta.content) yield { type: 'text', text: choice.delta.content };
      truncated ||= choice?.finish_reason === 'length';
      if (chunk.usage) usage = { inputTokens: chunk.usage.prompt_tokens, outputTokens: chunk.usage.completion_tokens };
    }
    yield { type: 'finished', truncated, usage };
  }
}
