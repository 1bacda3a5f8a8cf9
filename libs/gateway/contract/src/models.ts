import { pageOf } from '@faas/api';
import * as z from 'zod';

export const modelCard = z
  .looseObject({
    id: z.string().describe('`provider/model`: the value of `model` in requests.'),
    object: z.literal('model'),
    created: z.int().describe('Unix seconds, 0 when the provider does not say.'),
    owned_by: z.string().describe('Name of the provider in this gateway.'),
  })
  .meta({ id: 'Model' });
export type ModelCard = z.infer<typeof modelCard>;

export const modelList = z
  .looseObject({ object: z.literal('list'), data: z.array(modelCard).describe('Every model that a configured provider lists.') })
  .meta({ id: 'ModelList' });
export type ModelList = z.infer<typeof modelList>;

export const providerKinds = ['openai', 'anthropic', 'extractive'] as const;

export const providerCard = z
  .object({
    id: z.string().describe('Name of the provider: the part of a model name before the first slash.'),
    kind: z.enum(providerKinds).describe('Protocol that it speaks; `extractive` is the built-in model.'),
    source: z.string().describe('Where it comes from: a variable, `discovered` or `built-in`.'),
    isDefault: z.boolean().describe('Whether a request without a model goes here.'),
    defaultModel: z.string().nullable().describe('`provider/model` used when this provider is the default; null when it lists none.'),
    defaultEmbeddingModel: z.string().nullable().describe('`provider/model` that embeds for requests without a model; null when none is known.'),
  })
  .meta({ id: 'Provider' });
export type ProviderCard = z.infer<typeof providerCard>;

export const providerPage = pageOf(providerCard).meta({ id: 'ProviderPage' });
