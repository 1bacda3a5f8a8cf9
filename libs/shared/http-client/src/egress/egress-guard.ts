import { AppError } from '@faas/errors';
import { assertOutsideTransaction } from '@faas/request-context';
import { isIP } from 'node:net';
import { CallDeadline } from '../call-deadline';
import { flattenHeaders } from '../request-encoding';
import { SystemAddressResolver, type AddressResolver } from './address-resolver.port';
import { checkedUrl, forbidden, hostOf, redirectTarget, unreachable } from './checked-url';
import { ACCEPTED_ENCODINGS, readDecoded, tooLarge } from './decoded-body';
import { pinnedAgent } from './pinned-agent';
import { isPublicAddress } from './public-address';

export interface EgressGuardOptions {
  /** Default: the operating system's. */
  readonly resolver?: AddressResolver;
  /** Ports that may be fetched. Default 80 and 443. */
  readonly ports?: readonly number[];
  /** Hosts, exactly as in the URL, whose addresses need not be public: an intranet wiki, a test server. */
  readonly allowedHosts?: readonly string[];
  /** Addresses that are accepted although they are not public. */
  readonly allow?: (address: string) => boolean;
  /** Milliseconds for the TCP and TLS handshakes. Default 5 000. */
  readonly connectTimeoutMs?: number;
  /** Certificate authorities instead of the built-in ones, PEM. */
  readonly ca?: string;
}

export interface EgressRequest {
  /** Largest body in bytes, as sent and as unpacked. */
  readonly maxBytes: number;
  /** Milliseconds for everything, redirects included; never more than the current request has left. */
  readonly timeoutMs: number;
  /** `Accept` header. Default: anything. */
  readonly accept?: string;
  /** Default 5. */
  readonly maxRedirects?: number;
  readonly signal?: AbortSignal;
}

export interface EgressResponse {
  /** Where the body came from, after redirects, without fragment. */
  readonly url: string;
  /** Lower case, without parameters; `application/octet-stream` when the server says nothing. */
  readonly mediaType: string;
  /** `charset` of the content type, lower case. */
  readonly charset?: string;
  readonly bytes: Uint8Array;
}

type Hop = { readonly redirect: string } | { readonly answer: Omit<EgressResponse, 'url'> };

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Fetches URLs that callers supply without letting them reach what only this machine can reach.
 *
 * Per hop: scheme, port and form of the URL are checked, every address of the host must be public, and the connection
 * goes to a checked address. No cookies, credentials or trace headers are sent, no proxy is used.
 *
 * @example
 * const page = await new EgressGuard().fetch('https://example.com/', { maxBytes: 10_000_000, timeoutMs: 15_000 });
 */
export class EgressGuard {
  private readonly resolver: AddressResolver;
  private readonly ports: readonly number[];

  constructor(private readonly options: EgressGuardOptions = {}) {
    this.resolver = options.resolver ?? new SystemAddressResolver();
    this.ports = options.ports ?? [80, 443];
  }

  /**
   * @throws AppError URL_FORBIDDEN for a URL that is not fetched; URL_UNREACHABLE for one that could not be fetched
   * within its limits; DEADLINE_EXCEEDED and REQUEST_ABORTED when the current request ends first.
   */
  async fetch(url: string, request: EgressRequest): Promise<EgressResponse> {
    assertOutsideTransaction('EgressGuard.fetch');
    let current = checkedUrl(url, this.ports);
    const deadline = new CallDeadline({ name: current.host, timeoutMs: request.timeoutMs, signal: request.signal });
    try {
      for (let redirects = 0; ; redirects++) {
        const hop = await this.hop(current, request, deadline);
        if ('answer' in hop) return { url: current.href, ...hop.answer };
        if (redirects >= (request.maxRedirects ?? 5)) throw unreachable(`${current.host} redirects more than ${request.maxRedirects ?? 5} times.`, { retryable: false });
        current = redirectTarget(current, hop.redirect, this.ports);
      }
    } finally {
      deadline.end();
    }
  }

  private async hop(url: URL, request: EgressRequest, deadline: CallDeadline): Promise<Hop> {
    try {
      const addresses = await this.checkedAddresses(url, deadline);
      const agent = pinnedAgent({ addresses, connectTimeoutMs: this.options.connectTimeoutMs ?? 5_000, maxBytes: request.maxBytes, ca: this.options.ca });
      try {
        const answer = await agent.request({
          origin: url.origin,
          path: `${url.pathname}${url.search}`,
          method: 'GET',
          headers: { accept: request.accept ?? '*/*', 'accept-encoding': ACCEPTED_ENCODINGS, 'user-agent': 'faas-fetch/1' },
          signal: deadline.signal,
          headersTimeout: 0,
          bodyTimeout: 0,
        });
        answer.body.on('error', () => undefined);
        const headers = flattenHeaders(answer.headers);
        const location = headers['location'];
        if (REDIRECTS.has(answer.statusCode) && location !== undefined) return { redirect: location };
        return { answer: await this.read(url, answer.statusCode, headers, answer.body, request.maxBytes) };
      } finally {
        await agent.destroy();
      }
    } catch (error) {
      throw this.translated(error, url, request, deadline);
    }
  }

  private async read(url: URL, status: number, headers: Record<string, string>, body: Parameters<typeof readDecoded>[0], maxBytes: number): Promise<Omit<EgressResponse, 'url'>> {
    if (status < 200 || status > 299) throw unreachable(`${url.host} answered with status ${status}.`, { retryable: status === 408 || status === 429 || status >= 500 });
    if (Number(headers['content-length'] ?? 0) > maxBytes) throw tooLarge(url.host, maxBytes);
    const bytes = await readDecoded(body, headers['content-encoding'], maxBytes, url.host);
    const [mediaType = '', ...parameters] = (headers['content-type'] ?? '').split(';').map((part) => part.trim());
    const charset = parameters.map((parameter) => /^charset="?([\w.:-]{1,40})"?$/i.exec(parameter)?.[1]?.toLowerCase()).find((name) => name !== undefined);
    return { mediaType: mediaType.toLowerCase() || 'application/octet-stream', ...(charset ? { charset } : {}), bytes };
  }

  /** Every address must pass, not only the one that would be used: a mixed answer is how rebinding begins. */
  private async checkedAddresses(url: URL, deadline: CallDeadline): Promise<readonly string[]> {
    const host = hostOf(url);
    const addresses = isIP(host) ? [host] : await this.resolve(host, deadline);
    if (this.options.allowedHosts?.includes(host)) return addresses;
    const refused = addresses.find((address) => !isPublicAddress(address) && !this.options.allow?.(address));
    // The address stays out of the message: it would tell the caller about this network.
    if (refused !== undefined) throw forbidden(`${url.host} is not on the public internet and is not fetched.`);
    return addresses;
  }

  private async resolve(host: string, deadline: CallDeadline): Promise<readonly string[]> {
    const addresses = await deadline.race(this.resolver.resolve(host)).catch((cause: unknown) => {
      throw deadline.reason ?? unreachable(`The host name "${host}" cannot be resolved.`, { cause });
    });
    if (addresses.length === 0) throw unreachable(`The host name "${host}" has no address.`);
    return addresses.slice(0, 32);
  }

  private translated(error: unknown, url: URL, request: EgressRequest, deadline: CallDeadline): AppError {
    const { reason } = deadline;
    if (reason) {
      const ownTimeout = AppError.hasCode(reason, 'DEADLINE_EXCEEDED') && !deadline.shortened;
      return ownTimeout ? unreachable(`${url.host} did not deliver the document in time.`, { cause: reason }) : reason;
    }
    if (AppError.is(error)) return error;
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
    if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return tooLarge(url.host, request.maxBytes);
    return unreachable(`${url.host} could not be fetched${code ? ` (${code})` : ''}.`, { cause: error });
  }
}
