import { AppError } from '@faas/errors';
import type { ChatCompletionChunk, ChatCompletionRequest } from '@faas/gateway-contract';
import { AnswerModel, type AnswerEvent, type AnswerRequest } from '../answer-model.port';
import { answerPrompt } from '../answer-prompt';

/** What this adapter needs of the gateway. */
export interface ChatCompletions {
  streamChat(request: ChatCompletionRequest): AsyncIterable<ChatCompletionChunk>;
}

/** Asks a model through the gateway. */
export class GatewayAnswerModel extends AnswerModel {
  constructor(private readonly gateway: ChatCompletions) {
    super();
  }

  async *answer(request: AnswerRequest): AsyncIterable<AnswerEvent> {
    let started = false;
    let finishReason: string | undefined;
    let usage = { inputTokens: 0, outputTokens: 0 };
    for await (const chunk of this.gateway.streamChat(answerPrompt(request))) {
      if (!started) yield { type: 'started', model: chunk.model };
      started = true;
      const [choice] = chunk.choices;
      if (choice?.delta.content) yield { type: 'text', text: choice.delta.content };
      finishReason = choice?.finish_reason ?? finishReason;
      if (chunk.usage) usage = { inputTokens: chunk.usage.prompt_tokens, outputTokens: chunk.usage.completion_tokens };
    }
    if (finishReason === undefined) throw new AppError('MODEL_STREAM_BROKEN', 'The answer of the model ended before its end. Try again.');
    yield { type: 'finished', truncated: finishReason === 'length', usage };
  }
}
