/**
 * Turns a reference such as `secretsmanager:NAME`, `ssm:/path` or `env:NAME` into the secret's value.
 *
 * Promise: the value is returned once and never logged. Idempotent. Errors: AppError CONFIG_INVALID naming the
 * reference, never the value. Deadline: the adapter's own, 5 s at most, since it runs before a service starts.
 */
export abstract class SecretResolver {
  /** The part before the colon, for example `ssm`. */
  abstract readonly scheme: string;
  abstract resolve(reference: string): Promise<string>;
}
