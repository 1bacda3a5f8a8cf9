import { AppError } from '@faas/errors';

export interface NatsAddress {
  readonly servers: string[];
  readonly user?: string;
  readonly pass?: string;
  readonly token?: string;
  readonly tls: boolean;
}

/**
 * Reads NATS_URL: one or more `nats://` or `tls://` addresses, separated by commas; the first may hold `user:password@` or `token@`.
 *
 * @throws AppError CONFIG_INVALID naming the variable, never its value
 */
export function parseNatsUrl(value: string): NatsAddress {
  const urls = value.split(',').map((part) => parseOne(part.trim()));
  const first = urls[0];
  const user = decodeURIComponent(first?.username ?? '');
  const pass = decodeURIComponent(first?.password ?? '');
  return {
    servers: urls.map((url) => `${url.hostname}:${url.port || '4222'}`),
    ...(user && pass ? { user, pass } : {}),
    ...(user && !pass ? { token: user } : {}),
    tls: urls.some(({ protocol }) => protocol === 'tls:'),
  };
}

function parseOne(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['nats:', 'tls:'].includes(url.protocol) || url.hostname === '') {
    throw new AppError('CONFIG_INVALID', 'NATS_URL: expected nats://host:port or tls://host:port, several separated by commas.');
  }
  return url;
}
