import { AppError } from '@faas/errors';
import { readFile } from 'node:fs/promises';
import { SecretResolver } from './secret-resolver.port';

/** `file:PATH`: the secret is the content of a file, as container platforms mount it. */
export class FileSecretResolver extends SecretResolver {
  readonly scheme = 'file';

  async resolve(reference: string): Promise<string> {
    const path = reference.slice('file:'.length);
    const value = await readFile(path, 'utf8').catch((cause: unknown) => {
      throw new AppError('CONFIG_INVALID', `The secret reference "${reference}" names a file that cannot be read.`, { cause });
    });
    if (value.trim() === '') throw new AppError('CONFIG_INVALID', `The secret reference "${reference}" names an empty file.`);
    return value.trim();
  }
}
