import * as z from 'zod';

const textPart = z.looseObject({
  type: z.literal('text'),
  text: z.string().describe('The text.'),
});

const imagePart = z.looseObject({
  type: z.literal('image_url'),
  image_url: z
    .looseObject({
      url: z.string().min(1).describe('`data:` URL or web address. The provider fetches it, this service never does.'),
      detail: z.string().optional().describe('How closely the model looks: `auto`, `low` or `high`.'),
    })
    .describe('The image.'),
});

/** Parts this service does not interpret (audio, files, …): passed on as they are where the upstream speaks the same protocol. */
const otherPart = z
  .looseObject({ type: z.string().min(1).describe('Kind of part.') })
  .refine(({ type }) => type !== 'text' && type !== 'image_url', 'This part lacks a field of its type.');

const contentPart = z.union([textPart, imagePart, otherPart]);
const content = z.union([z.string(), z.array(contentPart).max(4096)]);

export const toolCall = z
  .looseObject({
    id: z.string().describe('Id that the tool message answers.'),
    type: z.literal('function').default('function').describe('Only functions are called by the caller.'),
    function: z
      .looseObject({
        name: z.string().describe('Name of the function.'),
        arguments: z.string().describe('Arguments as JSON text; a model may produce invalid JSON.'),
      })
      .describe('What to call.'),
  })
  .meta({ id: 'ToolCall' });
export type ToolCall = z.infer<typeof toolCall>;

const systemMessage = z.looseObject({
  role: z.enum(['system', 'developer']),
  content: content.describe('Instructions for the model.'),
});
const userMessage = z.looseObject({
  role: z.literal('user'),
  content: content.describe('What the user says: text, or parts with images.'),
});
const assistantMessage = z.looseObject({
  role: z.literal('assistant'),
  content: content.nullish().describe('What the model said; may be absent beside tool calls.'),
  tool_calls: z.array(toolCall).max(128).nullish().describe('Calls that the model made in this turn.'),
  refusal: z.string().nullish().describe('The refusal, when the model declined.'),
});
const toolMessage = z.looseObject({
  role: z.literal('tool'),
  tool_call_id: z.string().describe('Id of the call that this answers.'),
  content: content.describe('Result of the tool.'),
});

export const chatMessage = z
  .discriminatedUnion('role', [systemMessage, userMessage, assistantMessage, toolMessage], {
    error: "A message needs a role: 'system', 'developer', 'user', 'assistant' or 'tool'.",
  })
  .meta({ id: 'ChatMessage' });
export type ChatMessage = z.infer<typeof chatMessage>;

export const toolDefinition = z
  .looseObject({
    type: z.string().min(1).describe('`function`, or a kind that only some providers know.'),
    function: z
      .looseObject({
        name: z.string().min(1).max(128).describe('Name that the model calls.'),
        description: z.string().optional().describe('When and how to use it, for the model.'),
        parameters: z.record(z.string(), z.unknown()).optional().describe('JSON Schema of the arguments.'),
        strict: z.boolean().nullish().describe('Whether the arguments must follow the schema exactly.'),
      })
      .optional()
      .describe('The function; required when `type` is `function`.'),
  })
  .refine(({ type, function: definition }) => type !== 'function' || definition !== undefined, { path: ['function'], message: "A tool of type 'function' needs `function`." })
  .meta({ id: 'ToolDefinition' });
export type ToolDefinition = z.infer<typeof toolDefinition>;

const toolChoice = z.union([
  z.enum(['none', 'auto', 'required']),
  z.looseObject({ type: z.string(), function: z.looseObject({ name: z.string() }).optional() }),
]);

/**
 * OpenAI's chat completion request. Fields that this service does not know are accepted and reach
 * OpenAI-compatible providers as they are.
 */
export const chatCompletionRequest = z
  .looseObject({
    model: z.string().min(1).max(256).nullish().describe('`provider/model`. `default` or nothing: the configured default model.'),
    messages: z.array(chatMessage).min(1).max(4096).describe('The conversation so far.'),
    stream: z.boolean().nullish().describe('Answer as server-sent events.'),
    stream_options: z
      .looseObject({ include_usage: z.boolean().nullish().describe('Send one more chunk with `usage` and empty `choices` before the end.') })
      .nullish()
      .describe('Only with `stream: true`.'),
    tools: z.array(toolDefinition).max(128).nullish().describe('Tools that the model may call.'),
    tool_choice: toolChoice.nullish().describe('`none`, `auto`, `required` or one named function.'),
    parallel_tool_calls: z.boolean().nullish().describe('Whether the model may call several tools in one turn.'),
    temperature: z.number().min(0).max(2).nullish().describe('Sampling temperature.'),
    top_p: z.number().min(0).max(1).nullish().describe('Nucleus sampling.'),
    max_tokens: z.int().min(1).nullish().describe('Most tokens to generate; older name of max_completion_tokens.'),
    max_completion_tokens: z.int().min(1).nullish().describe('Most tokens to generate, reasoning included.'),
    stop: z.union([z.string(), z.array(z.string()).max(16)]).nullish().describe('Sequences that end the answer.'),
    n: z.int().min(1).max(128).nullish().describe('How many answers to generate; more than one only where the provider can.'),
    user: z.string().nullish().describe('Your end user, for the provider\'s abuse detection.'),
  })
  .meta({ id: 'ChatCompletionRequest' });
export type ChatCompletionRequest = z.infer<typeof chatCompletionRequest>;
