import { AppError } from '@faas/errors';

const MAX_URL_CHARACTERS = 4_096;

/** Parses a URL somebody else supplied and refuses what is never fetched, whatever it resolves to. */
export function checkedUrl(text: string, ports: readonly number[], base?: URL): URL {
  if (text.length > MAX_URL_CHARACTERS) throw forbidden(`The URL is longer than ${MAX_URL_CHARACTERS} characters.`);
  if (!URL.canParse(text, base?.href)) throw forbidden('The URL cannot be parsed. Expected something like https://example.com/page.');
  const url = new URL(text, base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw forbidden(`The scheme "${url.protocol.slice(0, -1)}" is not fetched. Use http or https.`);
  if (url.username || url.password) throw forbidden('The URL holds a user name or password, which is not sent.');
  if (url.hostname === '') throw forbidden('The URL names no host.');
  const port = portOf(url);
  if (!ports.includes(port)) throw forbidden(`Port ${port} is not fetched. Allowed: ${ports.join(', ')}.`);
  url.hash = '';
  // "example.com." is the same host, but neither certificates nor lists of hosts know it by that name.
  if (url.hostname.endsWith('.')) url.hostname = url.hostname.slice(0, -1);
  return url;
}

/** Where a redirect leads: checked like the first URL, and never from https to http. */
export function redirectTarget(from: URL, location: string, ports: readonly number[]): URL {
  const to = checkedUrl(location, ports, from);
  if (from.protocol === 'https:' && to.protocol === 'http:') throw forbidden(`${from.host} redirects from https to http, which is not followed.`);
  return to;
}

function portOf(url: URL): number {
  return Number(url.port || (url.protocol === 'https:' ? 443 : 80));
}

/** The host as a resolver takes it: an IPv6 address without its brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

export function forbidden(message: string): AppError {
  return new AppError('URL_FORBIDDEN', message);
}

export function unreachable(message: string, options: { cause?: unknown; retryable?: boolean } = {}): AppError {
  return new AppError('URL_UNREACHABLE', message, options);
}
