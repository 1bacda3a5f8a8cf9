import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { AppError } from '@faas/errors';
import { minSecretLength } from './secret-list';

/**
 * The secret in the file at `path`; a new random one (256 bits) is written there first when there is none.
 *
 * Promise: processes that race for a missing file all return the same secret, and none ever reads half of one. The file
 * is made with mode 0600. Errors: AppError CONFIG_INVALID that names the path when the file cannot be read or made.
 */
export async function loadOrCreateSecretFile(path: string): Promise<string> {
  const file = resolve(path);
  try {
    return await read(file);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw unusable(file, error);
  }
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await create(file);
    return await read(file);
  } catch (error) {
    throw unusable(file, error);
  }
}

/** The content is complete before the name appears, and link() never replaces: of two processes exactly one wins. */
async function create(file: string): Promise<void> {
  const draft = `${file}.${process.pid}.${randomBytes(6).toString('hex')}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(`${randomBytes(32).toString('base64url')}\n`);
    await handle.sync();
    await link(draft, file);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await handle.close();
    await unlink(draft);
  }
}

async function read(file: string): Promise<string> {
  const secret = (await readFile(file, 'utf8')).trim();
  if (secret.length < minSecretLength) throw new Error(`it holds fewer than ${minSecretLength} characters; delete it to get a new secret`);
  return secret;
}

function unusable(file: string, cause: unknown): AppError {
  if (AppError.is(cause)) return cause;
  const reason = typeof cause === 'object' && cause !== null && 'message' in cause ? cause.message : cause;
  return new AppError('CONFIG_INVALID', `The secret file ${file} is not usable: ${String(reason)}. Make it accessible or point DATA_DIR elsewhere.`, { cause });
}

function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
