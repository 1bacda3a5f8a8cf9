import { AsyncLocalStorage } from 'node:async_hooks';
import { AppError } from '@faas/errors';

/** The verified caller. */
export interface Principal {
  readonly tenant: string;
  /** Who acts inside the tenant: `sub` of the token. */
  readonly subject: string;
  readonly scopes: readonly string[];
  /** Id of the key behind the token; absent for other issuers' tokens. */
  readonly keyId?: string;
}

export interface RequestContext {
  readonly requestId: string;
  /** Set by the auth guard, or by a worker from the row it claimed. */
  principal?: Principal;
  /** Epoch milliseconds after which nobody waits for the answer. */
  readonly deadline?: number;
  /** Aborts when the caller goes away or the deadline passes. */
  readonly signal?: AbortSignal;
  /** W3C trace context of this request, forwarded on every call. */
  readonly traceparent?: string;
}

const storage = new AsyncLocalStorage<RequestContext>();

export function runInContext<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work);
}

export function currentContext(): RequestContext | undefined {
  return storage.getStore();
}

/** @throws AppError INTERNAL outside a request: a programming error. */
export function requireContext(): RequestContext {
  const context = storage.getStore();
  if (!context) throw new AppError('INTERNAL', 'No request context: wrap the work in runInContext().');
  return context;
}

export function requirePrincipal(): Principal {
  const { principal } = requireContext();
  if (!principal) throw new AppError('CREDENTIAL_MISSING', 'Send a key as "Authorization: Bearer faas_…".');
  return principal;
}

export function requireTenant(): string {
  return requirePrincipal().tenant;
}

/** Milliseconds left before the deadline of the current request, at least 0; `fallback` when it has none. */
export function remainingMs(fallback: number, now = Date.now()): number {
  const deadline = storage.getStore()?.deadline;
  return deadline === undefined ? fallback : Math.max(0, deadline - now);
}

/** The signal to hand to every outgoing call; undefined outside a request. */
export function requestSignal(): AbortSignal | undefined {
  return storage.getStore()?.signal;
}
