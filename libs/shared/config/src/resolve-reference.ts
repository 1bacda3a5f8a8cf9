import { AppError } from '@faas/errors';
import { EnvironmentSecretResolver } from './environment.adapter';
import { FileSecretResolver } from './file.adapter';
import type { SecretResolver } from './secret-resolver.port';

/** What reads as a reference is never taken for the secret itself: the name of a secret is known to many. */
const REFERENCE = /^(secretsmanager|ssm|file|env):/;

/**
 * The secret that a reference names; a value that is no reference is the secret.
 *
 * @param further resolvers besides `env:` and `file:`.
 * @throws AppError CONFIG_INVALID when nothing resolves the reference.
 */
export async function resolveReference(value: string, environment: NodeJS.ProcessEnv, further: readonly SecretResolver[] = []): Promise<string> {
  const scheme = REFERENCE.exec(value)?.[1];
  if (scheme === undefined) return value;
  const resolvers = [new EnvironmentSecretResolver(environment), new FileSecretResolver(), ...further];
  const resolver = resolvers.find((candidate) => candidate.scheme === scheme);
  if (resolver) return resolver.resolve(value);
  throw new AppError('CONFIG_INVALID', `The secret reference "${value}" cannot be resolved here. References that can: ${resolvers.map((known) => `${known.scheme}:`).join(', ')}.`);
}
