import { AppError } from '@faas/errors';
import { SecretResolver } from './secret-resolver.port';

/** `env:NAME`: the secret stands in another variable, as container platforms inject it. */
export class EnvironmentSecretResolver extends SecretResolver {
  readonly scheme = 'env';

  constructor(private readonly environment: NodeJS.ProcessEnv) {
    super();
  }

  async resolve(reference: string): Promise<string> {
    const name = reference.slice('env:'.length);
    const value = this.environment[name];
    if (!value) throw new AppError('CONFIG_INVALID', `The secret reference "${reference}" names the variable ${name}, which is not set.`);
    return value;
  }
}
