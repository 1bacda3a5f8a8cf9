import { AppError } from '@faas/errors';
import { HttpClient, remoteError } from '@faas/http-client';
import type { Logger } from '@faas/logging';
import type { FetchJson } from './fetch-json.port';

const timeoutMs = 5_000;
const maxBytes = 8 * 1024 * 1024;
/** RefreshedValue paces the attempts already; a breaker on top would keep keys refused after the gateway is back. */
const breaker = { failures: Number.MAX_SAFE_INTEGER };

/** FetchJson over HttpClient: one client for each origin, which are the few of the configuration. No redirects. */
export function createFetchJson(logger: Logger): FetchJson {
  const clients = new Map<string, HttpClient>();
  const clientOf = (origin: string) => {
    const known = clients.get(origin);
    if (known) return known;
    const client = new HttpClient({ name: new URL(origin).host, baseUrl: origin, logger, timeoutMs, retries: 1, maxResponseBytes: maxBytes, breaker });
    clients.set(origin, client);
    return client;
  };
  return async (url, { etag } = {}) => {
    const { origin, pathname, search } = new URL(url);
    const response = await clientOf(origin).send({ method: 'GET', path: pathname + search, headers: { accept: 'application/json', ...(etag ? { 'if-none-match': etag } : {}) } });
    if (response.status === 304) {
      await response.discard();
      return { modified: false };
    }
    if (!response.ok) throw await remoteError(response, origin);
    const body = await response.json();
    if (body === undefined) throw new AppError('UPSTREAM_FAILED', `${url} answered without a body.`);
    return { modified: true, body, etag: response.headers['etag'] };
  };
}
