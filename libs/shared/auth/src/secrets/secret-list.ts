import { AppError } from '@faas/errors';

/** Below this a secret can be guessed offline, from a token or from the public key. */
export const minSecretLength = 32;

/**
 * Splits a comma-separated secret variable. The first signs, all verify.
 *
 * @throws AppError CONFIG_INVALID naming the variable, never the value.
 */
export function parseSecretList(value: string, variable: string): string[] {
  const secrets = value.split(',').map((secret) => secret.trim());
  if (secrets.some((secret) => secret.length < minSecretLength)) {
    throw new AppError('CONFIG_INVALID', `${variable}: each secret needs at least ${minSecretLength} characters; make one with "openssl rand -base64 32".`);
  }
  return [...new Set(secrets)];
}
