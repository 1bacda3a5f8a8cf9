import type { Logger } from '@faas/logging';
import { requestSignal } from '@faas/request-context';
import { setTimeout as sleep } from 'node:timers/promises';
import { isOutput, type ModelAnswer, type ModelEvent } from '../providers/model-events';
import type { EmbeddingCall, Embeddings } from '../providers/model-provider.port';
import { charactersOf, type ModelRequest } from '../providers/model-request';
import type { TokenUsage } from '../providers/token-usage';
import type { PriceList } from '../usage/price-list.port';
import type { UsageRecorder } from '../usage/usage-recorder';
import { CallLimits, type CallTimes } from './call-limits';
import { CallMeter, type CallFacts } from './call-meter';
import type { ResolvedModel } from './resolved-model';
import { retryDelayMs } from './retry-rule';

export interface ModelCallerOptions {
  readonly times: CallTimes;
  /** Repetitions after the first attempt, before any output. */
  readonly retries: number;
}

/** A stream and what it cost so far; final once the events have ended. */
export interface MeteredStream {
  readonly events: AsyncIterable<ModelEvent>;
  readonly tokens: () => TokenUsage;
}

/** Calls a model within its limits, repeats what failed before its first output, and settles every call. */
export class ModelCaller {
  constructor(
    private readonly options: ModelCallerOptions,
    private readonly recorder: UsageRecorder,
    private readonly prices: PriceList,
    private readonly logger: Logger,
  ) {}

  async complete(target: ResolvedModel, request: ModelRequest): Promise<{ answer: ModelAnswer; tokens: TokenUsage }> {
    const meter = this.meter({ target, operation: 'chat', streamed: false, inputCharacters: charactersOf(request) });
    const answer = await this.buffered(target, meter, (signal) => target.provider.complete(request, { signal }), (result) => meter.answered(result));
    return { answer, tokens: meter.tokens };
  }

  async embed(target: ResolvedModel, call: EmbeddingCall): Promise<{ embeddings: Embeddings; tokens: TokenUsage }> {
    const meter = this.meter({ target, operation: 'embeddings', streamed: false, inputCharacters: charactersIn(call.input) });
    const embeddings = await this.buffered(target, meter, (signal) => target.provider.embed(call, { signal }), ({ inputTokens }) => meter.embedded(inputTokens));
    return { embeddings, tokens: meter.tokens };
  }

  stream(target: ResolvedModel, request: ModelRequest): MeteredStream {
    const meter = this.meter({ target, operation: 'chat', streamed: true, inputCharacters: charactersOf(request) });
    return { events: this.events(target, request, meter), tokens: () => meter.tokens };
  }

  private async buffered<T>(target: ResolvedModel, meter: CallMeter, work: (signal: AbortSignal) => Promise<T>, measure: (result: T) => void): Promise<T> {
    const limits = this.limits(target);
    try {
      const result = await this.repeat(meter, limits, () => limits.within(work(limits.signal)));
      measure(result);
      await meter.settle();
      return result;
    } catch (error) {
      await meter.settle(error);
      throw error;
    } finally {
      limits.end();
    }
  }

  private async *events(target: ResolvedModel, request: ModelRequest, meter: CallMeter): AsyncGenerator<ModelEvent> {
    const limits = this.limits(target);
    let failure: unknown;
    try {
      const { held, rest } = await this.repeat(meter, limits, () => untilOutput(limits.watch(target.provider.stream(request, { signal: limits.signal }), isOutput)));
      for (const event of held) {
        meter.event(event);
        yield event;
      }
      for await (const event of rest) {
        meter.event(event);
        yield event;
      }
      meter.finished();
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      limits.abandon();
      limits.end();
      await meter.settle(failure);
    }
  }

  private async repeat<T>(meter: CallMeter, limits: CallLimits, work: () => Promise<T>): Promise<T> {
    for (;;) {
      meter.attempts += 1;
      try {
        return await work();
      } catch (error) {
        const delayMs = retryDelayMs(error, meter.attempts, this.options.retries);
        if (delayMs === undefined || limits.signal.aborted) throw error;
        this.logger.warn('model-call.retried', { attempt: meter.attempts, delayMs, error });
        await limits.within(sleep(delayMs));
      }
    }
  }

  private meter(facts: CallFacts): CallMeter {
    return new CallMeter(facts, this.recorder, this.prices, this.logger);
  }

  private limits(target: ResolvedModel): CallLimits {
    return new CallLimits(this.options.times, requestSignal(), target.provider.name);
  }
}

/** Reads up to the first output: until then nothing was delivered and the call may be repeated. */
async function untilOutput(source: AsyncGenerator<ModelEvent>): Promise<{ held: ModelEvent[]; rest: AsyncGenerator<ModelEvent> }> {
  const held: ModelEvent[] = [];
  for (;;) {
    const next = await source.next();
    if (next.done) return { held, rest: source };
    held.push(next.value);
    if (isOutput(next.value)) return { held, rest: source };
  }
}

function charactersIn(input: EmbeddingCall['input']): number {
  // A token id stands for about four characters.
  return input.reduce((sum: number, one) => sum + (typeof one === 'string' ? one.length : one.length * 4), 0);
}
