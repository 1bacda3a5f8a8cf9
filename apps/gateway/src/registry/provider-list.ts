import { AppError } from '@faas/errors';
import * as z from 'zod';

const configuredProvider = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'a name has lower-case letters, digits, dots, hyphens and underscores')
    .refine((name) => name !== 'local' && name !== 'default', 'the names local and default are taken'),
  kind: z.enum(['openai', 'anthropic']),
  baseUrl: z.url({ protocol: /^https?$/ }),
  apiKey: z.string().min(1).optional(),
  models: z.array(z.string().min(1)).min(1).optional(),
  defaultModel: z.string().min(1).optional(),
  defaultEmbeddingModel: z.string().min(1).optional(),
  /** The provider's name in the price list; by default found by the host of baseUrl. */
  pricedAs: z.string().min(1).optional(),
  /** Set to false for servers that refuse `stream_options`. */
  streamUsage: z.boolean().optional(),
});
export type ConfiguredProvider = z.infer<typeof configuredProvider>;

/** @throws AppError CONFIG_INVALID that names the field, never a value. */
export function parseProviderList(text: string | undefined): ConfiguredProvider[] {
  if (text === undefined) return [];
  const parsed = z.array(configuredProvider).safeParse(parseJson(text));
  if (!parsed.success) throw invalid(parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'list'}: ${message}`).join('; '));
  const names = parsed.data.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw invalid(`the name ${twice} occurs twice`);
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('not valid JSON');
  }
}

const invalid = (problem: string) => new AppError('CONFIG_INVALID', `Configuration is not usable.\n  MODEL_PROVIDERS: ${problem}.`);
