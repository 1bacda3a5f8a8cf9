import { keySetVariables } from '@faas/auth';
import { commonVariables, networkVariables } from '@faas/config';
import * as z from 'zod';

const { GATEWAY_SERVICE_URL } = networkVariables;
const modelName = z.string().regex(/^[a-z0-9][a-z0-9._-]*\/.+$/, "Expected provider/model, for example 'openai/text-embedding-3-small'.");

/** Every variable the rag service reads. */
export const ragConfig = z.object({
  ...commonVariables,
  GATEWAY_SERVICE_URL,
  ...keySetVariables,
  SERVICE_PORT: z.coerce.number().int().min(0).max(65_535).default(8082).describe('Port of the HTTP server; 0 takes a free one.'),
  EMBEDDING_MODEL: modelName.optional().describe('`provider/model` that embeds documents and questions, through the gateway. Default: none, search is by words (BM25).'),
  ANSWER_MODEL: modelName.optional().describe('`provider/model` that writes answers. Default: the gateway\'s default model.'),
  INGEST_CONCURRENCY: z.coerce.number().int().min(1).max(32).default(2).describe('Documents that a process ingests at once.'),
  PDF_MAX_PAGES: z.coerce.number().int().min(1).max(20_000).default(2_000).describe('Pages a PDF may have.'),
  PDF_TIMEOUT_MS: z.coerce.number().int().min(1_000).max(800_000).default(300_000).describe('Time to read one PDF.'),
  URL_TIMEOUT_MS: z.coerce.number().int().min(500).max(120_000).default(20_000).describe('Time to fetch a document by its URL, redirects included.'),
  URL_ALLOWED_HOSTS: z
    .string()
    .default('')
    .transform((list) => list.split(',').map((host) => host.trim()).filter(Boolean))
    .describe('Comma-separated hosts that may be fetched although their addresses are not public, for example an intranet wiki.'),
});

export type RagConfig = z.infer<typeof ragConfig>;
