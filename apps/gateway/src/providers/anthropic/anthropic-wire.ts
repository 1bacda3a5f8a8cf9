import * as z from 'zod';

/** What is read of Anthropic's answers. Tolerant: unknown blocks, events and fields are skipped. */
const usage = z.looseObject({
  input_tokens: z.number().nullish(),
  output_tokens: z.number().nullish(),
  cache_read_input_tokens: z.number().nullish(),
  cache_creation_input_tokens: z.number().nullish(),
  cache_creation: z.looseObject({ ephemeral_1h_input_tokens: z.number().nullish() }).nullish(),
});
export type AnthropicUsage = z.infer<typeof usage>;

const contentBlock = z.looseObject({
  type: z.string(),
  text: z.string().nullish(),
  thinking: z.string().nullish(),
  id: z.string().nullish(),
  name: z.string().nullish(),
  input: z.unknown().optional(),
});
export type AnthropicBlock = z.infer<typeof contentBlock>;

export const anthropicMessage = z.looseObject({
  id: z.string(),
  content: z.array(contentBlock),
  stop_reason: z.string().nullish(),
  usage,
});
export type AnthropicMessage = z.infer<typeof anthropicMessage>;

const delta = z.looseObject({
  type: z.string().nullish(),
  text: z.string().nullish(),
  thinking: z.string().nullish(),
  partial_json: z.string().nullish(),
  stop_reason: z.string().nullish(),
});

export const anthropicEvent = z.looseObject({
  type: z.string(),
  index: z.number().int().nullish(),
  message: z.looseObject({ id: z.string(), usage: usage.nullish() }).nullish(),
  content_block: contentBlock.nullish(),
  delta: delta.nullish(),
  usage: usage.nullish(),
  error: z.unknown().optional(),
});
export type AnthropicEvent = z.infer<typeof anthropicEvent>;

export const anthropicModels = z.looseObject({ data: z.array(z.looseObject({ id: z.string(), created_at: z.string().nullish() })) });
