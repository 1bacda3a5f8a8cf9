import { metrics, type Attributes, type Counter, type Histogram } from '@opentelemetry/api';

const METER = '@faas/logging';

export interface InstrumentOptions {
  readonly description?: string;
  /** UCUM, for example `s`, `By`, `{token}`. */
  readonly unit?: string;
  /** Bucket borders of a histogram. */
  readonly boundaries?: readonly number[];
}

/** Seconds, from 10 ms to 80 s: the borders the GenAI conventions advise. */
export const DURATION_BOUNDARIES = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92] as const;

/** A histogram by name; records nothing without telemetry. Asked for at each use, since telemetry may start after import. */
export function histogram(name: string, options: InstrumentOptions = {}): Histogram {
  const { boundaries, ...instrument } = options;
  return metrics.getMeter(METER).createHistogram(name, { ...instrument, ...(boundaries ? { advice: { explicitBucketBoundaries: [...boundaries] } } : {}) });
}

/** A counter that only grows; records nothing without telemetry. */
export function counter(name: string, options: InstrumentOptions = {}): Counter {
  return metrics.getMeter(METER).createCounter(name, options);
}

/** Records a duration given in milliseconds as seconds, the unit of the conventions. */
export function recordDuration(name: string, milliseconds: number, attributes: Attributes = {}): void {
  histogram(name, { unit: 's', boundaries: DURATION_BOUNDARIES }).record(milliseconds / 1_000, attributes);
}

/** Adds to a counter. */
export function recordCount(name: string, amount = 1, attributes: Attributes = {}): void {
  counter(name).add(amount, attributes);
}
