import { signingVariables } from '@faas/auth';
import { booleanFlag, commonVariables, secret } from '@faas/config';
import * as z from 'zod';

const modelName = z.string().regex(/^[a-z0-9][a-z0-9._-]*\/.+$/, "Expected provider/model, for example 'openai/gpt-5.4-mini'.");
const milliseconds = (least: number, most: number, usual: number) => z.coerce.number().int().min(least).max(most).default(usual);

/** Every variable that the gateway reads. */
export const gatewayConfig = z.object({
  ...commonVariables,
  ...signingVariables,
  SERVICE_PORT: z.coerce.number().int().min(0).max(65_535).default(8081).describe('Port of the HTTP server.'),

  DEFAULT_MODEL: modelName.optional().describe('`provider/model` for requests without a model. Default: the first configured provider\'s.'),
  DEFAULT_EMBEDDING_MODEL: modelName.optional().describe('`provider/model` that embeds for requests without a model. Default: the first configured provider\'s.'),
  OPENAI_API_KEY: secret('Key for OpenAI; configures provider `openai`.').optional(),
  OPENAI_BASE_URL: z.url({ protocol: /^https?$/ }).default('https://api.openai.com/v1').describe('Where provider `openai` is; with `/v1`.'),
  ANTHROPIC_API_KEY: secret('Key for Anthropic; configures provider `anthropic`.').optional(),
  ANTHROPIC_BASE_URL: z.url({ protocol: /^https?$/ }).default('https://api.anthropic.com').describe('Where provider `anthropic` is; without `/v1`.'),
  OLLAMA_BASE_URL: z.url({ protocol: /^https?$/ }).optional().describe('Where Ollama is, for example http://localhost:11434; configures provider `ollama`.'),
  OLLAMA_DISCOVERY: booleanFlag(true, 'Use an Ollama that answers on localhost:11434 when OLLAMA_BASE_URL is not set. Never on Lambda.'),
  MODEL_PROVIDERS: secret('JSON list of further providers; see README, Providers.').optional(),

  MODEL_CONNECT_TIMEOUT_MS: milliseconds(50, 60_000, 5_000).describe('Time to connect to a provider.'),
  MODEL_FIRST_OUTPUT_TIMEOUT_MS: milliseconds(50, 900_000, 120_000).describe('Time until the first output of a stream.'),
  MODEL_IDLE_TIMEOUT_MS: milliseconds(50, 900_000, 60_000).describe('Longest silence in a stream after its first output.'),
  MODEL_TIMEOUT_MS: milliseconds(50, 900_000, 840_000).describe('Time for a whole call; a request that does not stream ends at REQUEST_TIMEOUT_MS before that.'),
  MODEL_RETRIES: z.coerce.number().int().min(0).max(5).default(2).describe('Repetitions of a call that failed before its first output.'),
});

export type GatewayConfig = z.infer<typeof gatewayConfig>;
