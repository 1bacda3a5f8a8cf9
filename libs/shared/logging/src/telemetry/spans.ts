import { AppError } from '@faas/errors';
import { context, SpanKind, SpanStatusCode, trace, type Attributes, type Span } from '@opentelemetry/api';
import { scrubText } from '../scrub-text';
import { parentContext } from './trace-context';

const TRACER = '@faas/logging';

export interface SpanOptions {
  /** Default `internal`. */
  readonly kind?: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
}

const kinds = { internal: SpanKind.INTERNAL, server: SpanKind.SERVER, client: SpanKind.CLIENT, producer: SpanKind.PRODUCER, consumer: SpanKind.CONSUMER };

/**
 * Runs `work` inside a span. Without telemetry it only runs `work`.
 *
 * A rejection marks the span as failed (`error.type` is the AppError code) and passes through unchanged.
 *
 * @example await withSpan('retrieve', { 'rag.top_k': 10 }, () => search(query));
 */
export function withSpan<T>(name: string, attributes: Attributes, work: (span: Span) => Promise<T>, options: SpanOptions = {}): Promise<T> {
  const parent = parentContext();
  const span = trace.getTracer(TRACER).startSpan(name, { attributes, kind: kinds[options.kind ?? 'internal'] }, parent);
  return context.with(trace.setSpan(parent, span), async () => {
    try {
      return await work(span);
    } catch (error) {
      markFailed(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Content stays out of traces as it stays out of logs: only name and code of the error are recorded. */
export function markFailed(span: Span, error: unknown): void {
  const type = AppError.is(error) ? error.code : error instanceof Error ? error.name : typeof error;
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR, message: scrubText(type) });
}
