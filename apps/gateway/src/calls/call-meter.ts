import { AppError } from '@faas/errors';
import { withModelCall, type Logger, type ModelCallRecorder } from '@faas/logging';
import { requireContext, requirePrincipal, runInContext } from '@faas/request-context';
import { AnswerCollector, isOutput, type ModelAnswer, type ModelEvent } from '../providers/model-events';
import { estimateTokens, NO_TOKENS, totalInput, totalOutput, type TokenUsage } from '../providers/token-usage';
import type { UsageEntry } from '../usage/usage-store.port';
import type { UsageRecorder } from '../usage/usage-recorder';
import type { PriceList } from '../usage/price-list.port';
import type { ResolvedModel } from './resolved-model';

export interface CallFacts {
  readonly target: ResolvedModel;
  readonly operation: 'chat' | 'embeddings';
  readonly streamed: boolean;
  /** Characters that the model reads: the base of an estimate. */
  readonly inputCharacters: number;
}

const ABORTED = new Set(['REQUEST_ABORTED', 'DEADLINE_EXCEEDED']);

/** Measures one call and settles it exactly once: usage row, log line, metrics and span. */
export class CallMeter {
  attempts = 0;
  private readonly collector = new AnswerCollector();
  private readonly startedAt = performance.now();
  private firstOutputAt?: number;
  private reported?: TokenUsage;
  private delivered = false;
  private complete = false;
  private settled = false;
  private outputCharacters = 0;
  private readonly finishReasons: string[] = [];
  private telemetry?: ModelCallRecorder;
  private readonly span = Promise.withResolvers<undefined>();
  private readonly principal = requirePrincipal();
  private readonly context = requireContext();

  constructor(
    private readonly facts: CallFacts,
    private readonly recorder: UsageRecorder,
    private readonly prices: PriceList,
    private readonly logger: Logger,
  ) {
    const { target, operation } = facts;
    // A span that ends with an error rejects; the error itself reaches the caller on its own way.
    withModelCall({ operation, provider: target.provider.name, model: target.model, server: target.host }, (telemetry) => {
      this.telemetry = telemetry;
      return this.span.promise;
    }).catch(() => undefined);
  }

  /** Each event of a stream, before it is handed on. */
  event(event: ModelEvent): void {
    this.collector.add(event);
    if (event.type === 'usage') this.reported = event.tokens;
    if (!isOutput(event) || this.delivered) return;
    this.delivered = true;
    this.firstOutputAt = performance.now();
    this.telemetry?.firstChunk();
  }

  /** The stream came to its end. */
  finished(): void {
    this.complete = true;
  }

  /** A buffered answer. */
  answered(answer: ModelAnswer): void {
    this.complete = true;
    this.reported = answer.tokens;
    for (const { blocks, finishReason } of answer.choices) {
      for (const block of blocks) this.outputCharacters += 'text' in block ? block.text.length : block.name.length + block.arguments.length;
      this.finishReasons.push(finishReason);
    }
  }

  /** Embeddings came back. */
  embedded(inputTokens: number | undefined): void {
    this.complete = true;
    this.reported = inputTokens === undefined ? undefined : { ...NO_TOKENS, input: inputTokens };
  }

  /** The provider's count, completed by an estimate where it is missing or was cut off. */
  get tokens(): TokenUsage {
    if (this.complete && this.reported) return this.reported;
    const input = estimateTokens(this.facts.inputCharacters);
    const output = estimateTokens(this.collector.outputCharacters + this.outputCharacters);
    const reported = this.reported ?? NO_TOKENS;
    const nothingSent = !this.complete && !this.delivered && !this.reported;
    return { ...reported, input: totalInput(reported) > 0 ? reported.input : nothingSent ? 0 : input, output: Math.max(reported.output, output) };
  }

  /** Writes the usage row; an answer ends after that. Never throws. */
  async settle(error?: unknown): Promise<void> {
    if (this.settled) return;
    this.settled = true;
    // A stream that is left ends outside its request.
    await runInContext(this.context, () => this.write(error));
  }

  private async write(error: unknown): Promise<void> {
    const entry = await this.entry(error);
    this.telemetry?.answered({ inputTokens: totalInput(entry.tokens), outputTokens: totalOutput(entry.tokens), finishReasons: [...this.collector.finishReasons, ...this.finishReasons] });
    if (error === undefined) this.span.resolve(undefined);
    else this.span.reject(error);
    const { provider, model, operation, streamed, outcome, errorCode, attempts, latencyMs, timeToFirstTokenMs, costNanoUsd, settlement } = entry;
    this.logger.info('model-call.finished', {
      provider,
      model,
      operation,
      streamed,
      outcome,
      errorCode,
      attempts,
      durationMs: latencyMs,
      timeToFirstTokenMs,
      inputTokens: totalInput(entry.tokens),
      outputTokens: totalOutput(entry.tokens),
      costNanoUsd,
      settlement,
    });
    await this.recorder.record(entry);
  }

  private async entry(error: unknown): Promise<UsageEntry> {
    const { target, operation, streamed } = this.facts;
    const { tokens } = this;
    const endedAt = performance.now();
    return {
      createdAt: new Date(),
      tenant: this.principal.tenant,
      subject: this.principal.subject,
      keyId: this.principal.keyId ?? null,
      requestId: this.context.requestId,
      operation,
      provider: target.provider.name,
      model: target.model,
      streamed,
      outcome: this.outcomeOf(error),
      errorCode: AppError.is(error) ? error.code : error === undefined ? null : 'INTERNAL',
      tokens,
      costNanoUsd: await this.prices.costNanoUsd(target, tokens),
      settlement: this.complete && this.reported ? 'exact' : 'estimated',
      attempts: this.attempts,
      latencyMs: Math.round(endedAt - this.startedAt),
      timeToFirstTokenMs: this.firstOutputAt === undefined ? null : Math.round(this.firstOutputAt - this.startedAt),
    };
  }

  private outcomeOf(error: unknown): UsageEntry['outcome'] {
    if (AppError.is(error) && ABORTED.has(error.code)) return 'aborted';
    if (error !== undefined) return 'failed';
    return this.complete ? 'succeeded' : 'aborted';
  }
}
