import { AppError } from '@faas/errors';
import type * as z from 'zod';
import type { SecretResolver } from './secret-resolver.port';
import { describeConfig } from './describe-config';
import { resolveReference } from './resolve-reference';

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
  const resolve = (reference: string) => resolveReference(reference, environment, options.resolvers);
  const values: Record<string, string> = {};
  for (const variable of describeConfig(schema)) {
    const override = options.overrides?.[variable.name];
    const value = override === undefined ? environment[variable.name] : String(override);
    if (value === undefined || value === '') continue;
    values[variable.name] = variable.secret ? await resolveSecret(value, resolve) : value;
  }
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'configuration'}: ${issue.message}`);
  throw new AppError('CONFIG_INVALID', `Configuration is not usable.\n  ${problems.join('\n  ')}`, { details: { problems } });
}

type Resolve = (reference: string) => Promise<string>;

/** A variable that holds a JSON list or object may have references as values inside it. */
async function resolveSecret(value: string, resolve: Resolve): Promise<string> {
  const json = /^\s*[[{]/.test(value) ? parseJson(value) : undefined;
  return json === undefined ? resolve(value) : JSON.stringify(await resolveInside(json, resolve));
}

async function resolveInside(value: unknown, resolve: Resolve): Promise<unknown> {
  if (typeof value === 'string') return resolve(value);
  if (Array.isArray(value)) return Promise.all(value.map((item) => resolveInside(item, resolve)));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(await Promise.all(Object.entries(value).map(async ([name, item]) => [name, await resolveInside(item, resolve)] as const)));
}

/** What is not valid JSON is left to the variable's own schema to refuse. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
