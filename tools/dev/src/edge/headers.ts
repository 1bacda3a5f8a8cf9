import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** Belong to one connection, not to the message (RFC 9110, 7.6.1). */
const hopByHop = new Set(['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade']);

/** Headers that only our own machinery may set: a caller's would be believed by the services. */
const reserved = /^x-(faas|forwarded)-|^forwarded$/;

/** What of a caller's headers reaches the service; Host and Origin stay, since the services check them. */
export function forwardedRequestHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const perConnection = namedByConnection(headers.connection);
  const kept = Object.entries(headers).filter(([name]) => !hopByHop.has(name) && !reserved.test(name) && !perConnection.has(name));
  // Without it Node would send the body of a GET or DELETE unframed.
  return { ...Object.fromEntries(kept), ...(headers['transfer-encoding'] ? { 'transfer-encoding': 'chunked' } : {}), connection: 'keep-alive' };
}

/** The service's headers as a flat list of names and values, duplicates and spelling kept. */
export function forwardedResponseHeaders(response: Pick<IncomingMessage, 'rawHeaders' | 'headers'>): string[] {
  const perConnection = namedByConnection(response.headers.connection);
  return response.rawHeaders.filter((_, index, raw) => {
    const name = (raw[index - (index % 2)] ?? '').toLowerCase();
    return !hopByHop.has(name) && !perConnection.has(name);
  });
}

function namedByConnection(connection: string | undefined): Set<string> {
  return new Set((connection ?? '').split(',').map((name) => name.trim().toLowerCase()));
}
