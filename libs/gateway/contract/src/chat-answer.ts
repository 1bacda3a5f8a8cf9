import * as z from 'zod';
import { toolCall } from './chat-request';

export const chatUsage = z
  .looseObject({
    prompt_tokens: z.int().describe('All input tokens, those read from or written to a prompt cache included.'),
    completion_tokens: z.int().describe('All output tokens, reasoning included.'),
    total_tokens: z.int().describe('The sum of both.'),
    prompt_tokens_details: z
      .looseObject({ cached_tokens: z.int().nullish().describe('Input tokens read from the prompt cache.') })
      .nullish()
      .describe('Parts of `prompt_tokens`.'),
    completion_tokens_details: z
      .looseObject({ reasoning_tokens: z.int().nullish().describe('Output tokens spent on reasoning.') })
      .nullish()
      .describe('Parts of `completion_tokens`.'),
  })
  .meta({ id: 'ChatUsage' });
export type ChatUsage = z.infer<typeof chatUsage>;

/** `stop`, `length`, `tool_calls`, `content_filter`, or what a provider adds. */
const finishReason = z.string().describe('`stop`, `length`, `tool_calls` or `content_filter`.');

const answerMessage = z.looseObject({
  role: z.literal('assistant'),
  content: z.string().nullish().describe('The text; null when the model only calls tools.'),
  refusal: z.string().nullish().describe('Why the model declined, when it did.'),
  tool_calls: z.array(toolCall).nullish().describe('Calls to make; answer each with a `tool` message.'),
});

export const chatCompletion = z
  .looseObject({
    id: z.string().describe('Id of this completion.'),
    object: z.literal('chat.completion'),
    created: z.int().describe('Unix seconds.'),
    model: z.string().describe('`provider/model` that answered.'),
    choices: z
      .array(
        z.looseObject({
          index: z.int().describe('Position among `n` answers.'),
          message: answerMessage.describe('The answer.'),
          finish_reason: finishReason.nullable(),
        }),
      )
      .describe('One per `n`.'),
    usage: chatUsage.nullish().describe('Tokens of this call.'),
  })
  .meta({ id: 'ChatCompletion' });
export type ChatCompletion = z.infer<typeof chatCompletion>;

const toolCallDelta = z.looseObject({
  index: z.int().describe('Which of the parallel calls this extends.'),
  id: z.string().nullish().describe('Id of the call; in its first delta.'),
  type: z.string().nullish().describe('`function`; in its first delta.'),
  function: z
    .looseObject({
      name: z.string().nullish().describe('Name; in its first delta.'),
      arguments: z.string().nullish().describe('The next piece of the arguments\' JSON text.'),
    })
    .nullish()
    .describe('What to call.'),
});

export const chatCompletionChunk = z
  .looseObject({
    id: z.string().describe('The same in every chunk of an answer.'),
    object: z.literal('chat.completion.chunk'),
    created: z.int().describe('Unix seconds; the same in every chunk.'),
    model: z.string().describe('`provider/model` that answers.'),
    choices: z
      .array(
        z.looseObject({
          index: z.int().describe('Position among `n` answers.'),
          delta: z
            .looseObject({
              role: z.string().nullish().describe('`assistant`; in the first chunk.'),
              content: z.string().nullish().describe('The next piece of text.'),
              refusal: z.string().nullish().describe('The next piece of a refusal.'),
              tool_calls: z.array(toolCallDelta).nullish().describe('The next pieces of tool calls.'),
            })
            .describe('What this chunk adds.'),
          finish_reason: finishReason.nullish(),
        }),
      )
      .describe('Empty in the chunk that carries `usage`.'),
    usage: chatUsage.nullish().describe('Only with `stream_options.include_usage`, in the last chunk.'),
  })
  .meta({ id: 'ChatCompletionChunk' });
export type ChatCompletionChunk = z.infer<typeof chatCompletionChunk>;
