import { AppError } from '@faas/errors';
import { currentTraceparent } from '@faas/logging';
import { currentContext } from '@faas/request-context';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { HttpRequest } from './http-request';

export interface BaseUrl {
  readonly origin: string;
  /** Without a slash at the end; empty for the root. */
  readonly path: string;
}

/** @throws AppError CONFIG_INVALID; the message never repeats the URL, which may hold a password. */
export function parseBaseUrl(baseUrl: string, name: string): BaseUrl {
  const invalid = (why: string) => new AppError('CONFIG_INVALID', `The base URL of ${name} ${why}.`);
  if (!URL.canParse(baseUrl)) throw invalid('is not a URL');
  const url = new URL(baseUrl);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw invalid('is not an http(s) URL');
  if (url.username || url.password) throw invalid('holds credentials; configure them as a header');
  if (url.search || url.hash) throw invalid('has a query or fragment');
  return { origin: url.origin, path: url.pathname.replace(/\/+$/, '') };
}

export function requestPath(base: BaseUrl, request: HttpRequest): string {
  if (!request.path.startsWith('/')) throw new AppError('INTERNAL', `The path "${request.path}" does not begin with a slash.`);
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value === undefined) continue;
    for (const item of typeof value === 'object' ? value : [value]) query.append(name, String(item));
  }
  const joined = `${base.path}${request.path}`;
  return query.size === 0 ? joined : `${joined}${joined.includes('?') ? '&' : '?'}${query}`;
}

/** Names in lower case, so that a later source replaces an earlier one. */
export function requestHeaders(request: HttpRequest, own: Readonly<Record<string, string>>, extra: { contentType?: string; timeLeftMs?: number }): Record<string, string> {
  const traceparent = currentTraceparent();
  const requestId = currentContext()?.requestId;
  return {
    accept: 'application/json',
    ...(extra.contentType ? { 'content-type': extra.contentType } : {}),
    ...lowerCase(own),
    ...lowerCase(request.headers ?? {}),
    ...(request.idempotencyKey === undefined ? {} : { 'idempotency-key': request.idempotencyKey }),
    ...(traceparent ? { traceparent } : {}),
    ...(requestId ? { 'x-request-id': requestId } : {}),
    ...(extra.timeLeftMs === undefined ? {} : { 'x-faas-timeout-ms': String(Math.floor(extra.timeLeftMs)) }),
  };
}

export interface EncodedBody {
  readonly body: string | Uint8Array | Readable | null;
  readonly contentType?: string;
}

/** Called per attempt: a form is a stream, which is read once. */
export function encodeBody(request: HttpRequest): EncodedBody {
  const { rawBody, body } = request;
  if (rawBody instanceof FormData) {
    const form = new Response(rawBody);
    return { body: form.body ? Readable.fromWeb(form.body as ReadableStream) : null, contentType: form.headers.get('content-type') ?? undefined };
  }
  if (rawBody !== undefined) return { body: rawBody };
  return body === undefined ? { body: null } : { body: JSON.stringify(body), contentType: 'application/json' };
}

/** Node's shape of headers as plain strings. */
export function flattenHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value] as const]));
  return Object.fromEntries(entries);
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
