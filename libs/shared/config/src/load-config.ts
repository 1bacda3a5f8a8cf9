import { AppError } from '@faas/errors';
import type * as z from 'zod';
import { EnvironmentSecretResolver } from './environment.adapter';
import type { SecretResolver } from './secret-resolver.port';
import { describeConfig } from './describe-config';

export interface LoadConfigOptions {
  /** Values that win over the environment: tests and embedding. Typed values are taken as their text. */
  overrides?: Readonly<Record<string, string | number | boolean | undefined>>;
  environment?: NodeJS.ProcessEnv;
  resolvers?: readonly SecretResolver[];
}

/**
 * Reads and checks every variable of a service once. Nothing else reads `process.env`.
 *
 * An empty variable counts as unset. Secrets may be references; they are resolved here.
 *
 * @throws AppError CONFIG_INVALID that lists every bad variable, never a secret's value.
 */
export async function loadConfig<Schema extends z.ZodObject>(schema: Schema, options: LoadConfigOptions = {}): Promise<z.infer<Schema>> {
  const environment = options.environment ?? process.env;
  const resolvers = [new EnvironmentSecretResolver(environment), ...(options.resolvers ?? [])];
  const values: Record<string, string> = {};
  for (const variable of describeConfig(schema)) {
    const override = options.overrides?.[variable.name];
    const value = override === undefined ? environment[variable.name] : String(override);
    if (value === undefined || value === '') continue;
    values[variable.name] = variable.secret ? await resolveSecret(value, resolvers) : value;
  }
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'configuration'}: ${issue.message}`);
  throw new AppError('CONFIG_INVALID', `Configuration is not usable.\n  ${problems.join('\n  ')}`, { details: { problems } });
}

/** A variable that holds a JSON list or object may have references as values inside it. */
async function resolveSecret(value: string, resolvers: readonly SecretResolver[]): Promise<string> {
  const json = /^\s*[[{]/.test(value) ? parseJson(value) : undefined;
  return json === undefined ? resolveReference(value, resolvers) : JSON.stringify(await resolveInside(json, resolvers));
}

async function resolveInside(value: unknown, resolvers: readonly SecretResolver[]): Promise<unknown> {
  if (typeof value === 'string') return resolveReference(value, resolvers);
  if (Array.isArray(value)) return Promise.all(value.map((item) => resolveInside(item, resolvers)));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(await Promise.all(Object.entries(value).map(async ([name, item]) => [name, await resolveInside(item, resolvers)] as const)));
}

/** What is not valid JSON is left to the variable's own schema to refuse. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function resolveReference(value: string, resolvers: readonly SecretResolver[]): Promise<string> {
  const resolver = resolvers.find(({ scheme }) => value.startsWith(`${scheme}:`));
  return resolver ? resolver.resolve(value) : value;
}
