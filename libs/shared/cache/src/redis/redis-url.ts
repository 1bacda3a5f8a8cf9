import { AppError } from '@faas/errors';

/** @throws AppError CONFIG_INVALID naming the variable, never the value: it may hold a password. */
export function parseRedisUrl(value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !['redis:', 'rediss:'].includes(url.protocol) || url.hostname === '') {
    throw new AppError('CONFIG_INVALID', 'REDIS_URL: expected redis://host:port or rediss://host:port (TLS).');
  }
  return url;
}

/** Scheme, host and port: what may be printed. */
export function redisAddress(url: URL): string {
  return `${url.protocol}//${url.hostname}:${url.port || '6379'}`;
}
