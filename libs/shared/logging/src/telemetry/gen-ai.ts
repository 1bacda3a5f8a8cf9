import { AppError } from '@faas/errors';
import type { Attributes, Span } from '@opentelemetry/api';
import { DURATION_BOUNDARIES, histogram } from './metrics';
import { withSpan } from './spans';

/** Names of the OpenTelemetry semantic conventions for generative AI (gen_ai.*). */
export interface ModelCall {
  readonly operation: 'chat' | 'embeddings' | 'text_completion' | 'execute_tool' | 'invoke_agent';
  /** Well-known provider name: `openai`, `anthropic`, `aws.bedrock`, …; own ones as they are. */
  readonly provider: string;
  readonly model: string;
  /** Host of the provider, without scheme. */
  readonly server?: string;
}

/** What the answer told. Call each method at most once, as soon as the fact is known. */
export interface ModelCallRecorder {
  /** The first piece of a streamed answer arrived. */
  firstChunk(): void;
  answered(result: { model?: string; inputTokens?: number; outputTokens?: number; finishReasons?: readonly string[] }): void;
}

const TOKEN_BOUNDARIES = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864];

/**
 * Runs one call of a model inside a client span `<operation> <model>` and records gen_ai.client.operation.duration,
 * gen_ai.client.token.usage and gen_ai.response.time_to_first_chunk. Prompts and answers are never recorded.
 *
 * @example
 * await withModelCall({ operation: 'chat', provider: 'openai', model: 'gpt-5' }, async (call) => {
 *   const answer = await send();
 *   call.answered({ model: answer.model, inputTokens: 12, outputTokens: 30 });
 *   return answer;
 * });
 */
export function withModelCall<T>(call: ModelCall, work: (recorder: ModelCallRecorder) => Promise<T>): Promise<T> {
  const shared: Attributes = {
    'gen_ai.operation.name': call.operation,
    'gen_ai.provider.name': call.provider,
    'gen_ai.request.model': call.model,
    ...(call.server ? { 'server.address': call.server } : {}),
  };
  return withSpan(
    `${call.operation} ${call.model}`,
    shared,
    async (span) => {
      const recorder = new SpanRecorder(span, shared);
      try {
        const result = await work(recorder);
        recorder.finished();
        return result;
      } catch (error) {
        recorder.finished(AppError.is(error) ? error.code : error instanceof Error ? error.name : '_OTHER');
        throw error;
      }
    },
    { kind: 'client' },
  );
}

class SpanRecorder implements ModelCallRecorder {
  private readonly startedAt = performance.now();
  private responseModel: Attributes = {};

  constructor(
    private readonly span: Span,
    private readonly shared: Attributes,
  ) {}

  firstChunk(): void {
    const seconds = this.elapsed();
    this.span.setAttribute('gen_ai.response.time_to_first_chunk', seconds);
    histogram('gen_ai.client.operation.time_to_first_chunk', { unit: 's', boundaries: DURATION_BOUNDARIES, description: 'Time until the first piece of a streamed answer.' }).record(
      seconds,
      this.shared,
    );
  }

  answered(result: Parameters<ModelCallRecorder['answered']>[0]): void {
    if (result.model) this.responseModel = { 'gen_ai.response.model': result.model };
    this.span.setAttributes(this.responseModel);
    if (result.finishReasons) this.span.setAttribute('gen_ai.response.finish_reasons', [...result.finishReasons]);
    this.tokens('input', result.inputTokens);
    this.tokens('output', result.outputTokens);
  }

  finished(errorType?: string): void {
    const attributes = { ...this.shared, ...this.responseModel, ...(errorType ? { 'error.type': errorType } : {}) };
    histogram('gen_ai.client.operation.duration', { unit: 's', boundaries: DURATION_BOUNDARIES, description: 'Duration of a call of a model.' }).record(this.elapsed(), attributes);
  }

  private tokens(type: 'input' | 'output', amount: number | undefined): void {
    if (amount === undefined) return;
    this.span.setAttribute(`gen_ai.usage.${type}_tokens`, amount);
    histogram('gen_ai.client.token.usage', { unit: '{token}', boundaries: TOKEN_BOUNDARIES, description: 'Tokens used by a call of a model.' }).record(amount, {
      ...this.shared,
      ...this.responseModel,
      'gen_ai.token.type': type,
    });
  }

  private elapsed(): number {
    return (performance.now() - this.startedAt) / 1_000;
  }
}
