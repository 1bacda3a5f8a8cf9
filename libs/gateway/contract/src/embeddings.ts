import * as z from 'zod';

const tokens = z.array(z.int().min(0)).min(1).max(100_000);

export const embeddingRequest = z
  .looseObject({
    model: z.string().min(1).max(256).nullish().describe('`provider/model`. `default` or nothing: the configured embedding model.'),
    input: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(1).max(2048), tokens, z.array(tokens).min(1).max(2048)])
      .describe('One text or up to 2048; token ids where the provider takes them.'),
    encoding_format: z.enum(['float', 'base64']).nullish().describe('`base64`: little-endian 32-bit floats. Default `float`.'),
    dimensions: z.int().min(1).max(65_536).nullish().describe('Length of the vectors, where the model can shorten them.'),
    user: z.string().nullish().describe('Your end user, for the provider\'s abuse detection.'),
  })
  .meta({ id: 'EmbeddingRequest' });
export type EmbeddingRequest = z.infer<typeof embeddingRequest>;

export const embeddingAnswer = z
  .looseObject({
    object: z.literal('list'),
    model: z.string().describe('`provider/model` that answered.'),
    data: z
      .array(
        z.looseObject({
          object: z.literal('embedding'),
          index: z.int().describe('Position of the text in `input`.'),
          embedding: z.union([z.array(z.number()), z.string()]).describe('The vector: numbers, or base64 when asked for.'),
        }),
      )
      .describe('One per input, in its order.'),
    usage: z
      .looseObject({ prompt_tokens: z.int().describe('Tokens of all inputs.'), total_tokens: z.int().describe('The same.') })
      .describe('Tokens of this call.'),
  })
  .meta({ id: 'EmbeddingAnswer' });
export type EmbeddingAnswer = z.infer<typeof embeddingAnswer>;
