import { join } from 'node:path';
import { loadOrCreateSecretFile } from './secret-file';

/** AUTH_SIGNING_SECRET, else the secret in `DATA_DIR/gateway/signing-secret`, made when missing. @throws AppError CONFIG_INVALID. */
export async function loadSigningSecret(config: { readonly AUTH_SIGNING_SECRET?: string; readonly DATA_DIR: string }): Promise<string> {
  return config.AUTH_SIGNING_SECRET ?? loadOrCreateSecretFile(join(config.DATA_DIR, 'gateway', 'signing-secret'));
}

/** SERVICE_SECRET, else the secret in `DATA_DIR/service-secret`, made when missing. @throws AppError CONFIG_INVALID. */
export async function loadServiceSecret(config: { readonly SERVICE_SECRET?: string; readonly DATA_DIR: string }): Promise<string> {
  return config.SERVICE_SECRET ?? loadOrCreateSecretFile(join(config.DATA_DIR, 'service-secret'));
}
