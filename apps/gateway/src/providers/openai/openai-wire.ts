import * as z from 'zod';

/** What is read of OpenAI-compatible answers. Tolerant: vendors add, omit and null fields. */
const usage = z.looseObject({
  prompt_tokens: z.number().nullish(),
  completion_tokens: z.number().nullish(),
  prompt_tokens_details: z.looseObject({ cached_tokens: z.number().nullish() }).nullish(),
  completion_tokens_details: z.looseObject({ reasoning_tokens: z.number().nullish() }).nullish(),
});
export type OpenAiUsage = z.infer<typeof usage>;

const toolCall = z.looseObject({
  index: z.number().int().nullish(),
  id: z.string().nullish(),
  function: z.looseObject({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
});
export type OpenAiToolCall = z.infer<typeof toolCall>;

const said = z.looseObject({
  content: z.string().nullish(),
  refusal: z.string().nullish(),
  reasoning_content: z.string().nullish(),
  tool_calls: z.array(toolCall).nullish(),
});
export type OpenAiSaid = z.infer<typeof said>;

export const openAiAnswer = z.looseObject({
  id: z.string().nullish(),
  created: z.number().nullish(),
  choices: z.array(z.looseObject({ index: z.number().int().nullish(), message: said, finish_reason: z.string().nullish() })).min(1),
  usage: usage.nullish(),
});
export type OpenAiAnswer = z.infer<typeof openAiAnswer>;

export const openAiChunk = z.looseObject({
  id: z.string().nullish(),
  created: z.number().nullish(),
  choices: z.array(z.looseObject({ index: z.number().int().nullish(), delta: said.nullish(), finish_reason: z.string().nullish() })).nullish(),
  usage: usage.nullish(),
  error: z.unknown().optional(),
});
export type OpenAiChunk = z.infer<typeof openAiChunk>;

export const openAiEmbeddings = z.looseObject({
  data: z.array(z.looseObject({ index: z.number().int().nullish(), embedding: z.union([z.array(z.number()), z.string()]) })),
  usage: z.looseObject({ prompt_tokens: z.number().nullish() }).nullish(),
});

export const openAiModels = z.looseObject({ data: z.array(z.looseObject({ id: z.string(), created: z.number().nullish() })).nullish() });
