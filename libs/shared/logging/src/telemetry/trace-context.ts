import { randomBytes } from 'node:crypto';
import { context, isSpanContextValid, trace, type Context, type SpanContext } from '@opentelemetry/api';
import { currentContext } from '@faas/request-context';

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Reads a W3C `traceparent` header; undefined when it is absent or malformed. */
export function parseTraceparent(header: string | undefined): SpanContext | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(header ?? '') ?? [];
  if (!traceId || !spanId || !flags) return undefined;
  const span = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
  return isSpanContextValid(span) ? span : undefined;
}

export function formatTraceparent(span: SpanContext): string {
  return `00-${span.traceId}-${span.spanId}-${(span.traceFlags & 1).toString(16).padStart(2, '0')}`;
}

/** The traceparent a request runs under: the caller's when it is well-formed, else a new one, to be recorded where telemetry is on. */
export function acceptTraceparent(header: string | undefined): string {
  const accepted = parseTraceparent(header);
  return accepted ? formatTraceparent(accepted) : `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
}

/** The header to send with an outgoing call: the active span, else what the request came with. */
export function currentTraceparent(): string | undefined {
  const span = activeSpanContext();
  return span ? formatTraceparent(span) : currentContext()?.traceparent;
}

export function currentTraceId(): string | undefined {
  return (activeSpanContext() ?? parseTraceparent(currentContext()?.traceparent))?.traceId;
}

/** The context new spans belong to: the active span, else the request's remote parent. */
export function parentContext(): Context {
  const active = context.active();
  if (trace.getSpanContext(active)) return active;
  const remote = parseTraceparent(currentContext()?.traceparent);
  return remote ? trace.setSpanContext(active, remote) : active;
}

function activeSpanContext(): SpanContext | undefined {
  const span = trace.getSpanContext(context.active());
  return span && isSpanContextValid(span) ? span : undefined;
}
