import * as z from 'zod';

/** `true`, `1`, `false`, `0`; anything else is refused rather than read as false. */
export function booleanFlag(defaultValue: boolean, description: string) {
  return z
    .enum(['true', 'false', '1', '0'])
    .default(defaultValue ? 'true' : 'false')
    .transform((value) => value === 'true' || value === '1')
    .describe(description);
}

/** A variable whose value may be a reference (`env:…`, `file:…`) and is never printed. */
export function secret(description: string) {
  return z.string().min(1).meta({ secret: true, description });
}

/** An origin without path: the services' prefixes are part of their routes. */
export function serviceUrl(description: string) {
  return z
    .url({ protocol: /^https?$/, error: 'Expected an http(s) URL.' })
    .transform((value) => new URL(value))
    .refine((url) => url.pathname === '/' && url.search === '', 'Expected an origin without a path, for example http://localhost:8081.')
    .transform((url) => url.origin)
    .describe(description);
}

/** Read by every service. */
export const commonVariables = {
  SERVICE_NAME: z.string().min(1).optional().describe('Name in logs and traces. Default: the service\'s own.'),
  HOST: z.string().default('127.0.0.1').describe('Address the HTTP server binds.'),
  DATA_DIR: z.string().min(1).default('.data').describe('Folder of the embedded database and of locally made secrets.'),
  DATABASE_URL: secret('PostgreSQL connection string. Default: an embedded PGlite below DATA_DIR.').optional(),
  DATABASE_MIGRATION_URL: secret('Connection of the owner role that migrates. Default: DATABASE_URL.').optional(),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(1).max(100).default(10).describe('Connections per process.'),
  REDIS_URL: secret('Redis for cache and counters. Default: in process and PostgreSQL.').optional(),
  CACHE_SERVICE_URL: z.url().optional().describe('HTTP cache that speaks the Upstash REST protocol.'),
  CACHE_SERVICE_TOKEN: secret('Bearer token of CACHE_SERVICE_URL.').optional(),
  AUTH_MODE: z.enum(['required', 'none']).default('required').describe('`none`: requests without a credential act as tenant `local`; loopback only.'),
  AUTH_ISSUERS: secret('JSON list of further token issuers; see docs/api.md, Identity.').optional(),
  SERVICE_SECRET: secret('Key of the tokens between services. Default: a file below DATA_DIR.').optional(),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('Least severe level that is logged.'),
  ENABLE_OTEL: booleanFlag(false, 'Send OpenTelemetry traces and metrics.'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().default('http://localhost:4318').describe('OTLP/HTTP endpoint.'),
  ENABLE_NATS: booleanFlag(false, 'Publish events through NATS JetStream instead of in process.'),
  NATS_URL: z.string().default('nats://localhost:4222').describe('NATS server.'),
  AWS_LAMBDA_RUNTIME_API: z.string().optional().describe('Set by AWS Lambda; refuses AUTH_MODE=none.'),
  AWS_LAMBDA_FUNCTION_NAME: z.string().optional().describe('Set by AWS Lambda; refuses AUTH_MODE=none.'),
  AWS_LAMBDA_HTTP_ENDPOINT: z.string().optional().describe('Set by AWS Lambda; refuses AUTH_MODE=none.'),
  MAX_BODY_BYTES: z.coerce.number().int().min(1024).default(20 * 1024 * 1024).describe('Largest accepted request body.'),
  REQUEST_TIMEOUT_MS: z.coerce.number().int().min(100).max(900_000).default(60_000).describe('Deadline of a request that does not stream.'),
} satisfies z.ZodRawShape;

/** Read by the services that call others. */
export const networkVariables = {
  GATEWAY_SERVICE_URL: serviceUrl('Origin of the gateway service.').prefault('http://localhost:8081'),
  RAG_SERVICE_URL: serviceUrl('Origin of the rag service.').prefault('http://localhost:8082'),
} satisfies z.ZodRawShape;
