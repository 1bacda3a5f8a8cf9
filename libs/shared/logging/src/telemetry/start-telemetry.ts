import { AppError } from '@faas/errors';
import { setTimeout as sleep } from 'node:timers/promises';

export interface TelemetryOptions {
  readonly enabled: boolean;
  /** Name of the service in traces and metrics. */
  readonly service: string;
  /** OTLP/HTTP base, for example `http://localhost:4318`; signals go to `/v1/traces` and `/v1/metrics` below it. */
  readonly endpoint: string;
  /** How often metrics are sent, in milliseconds. Default 30 000. */
  readonly metricsIntervalMs?: number;
}

export interface Telemetry {
  /** Sends what is buffered, within two seconds at most. Never rejects: a dead collector must not hold up a shutdown. */
  shutdown(): Promise<void>;
}

const SHUTDOWN_MS = 2_000;

/**
 * Sends traces and metrics over OTLP/HTTP when enabled. The SDK is loaded only then: off, it costs no start time and no
 * memory, and spans and metrics are no-ops. A collector that is away costs lost signals, never a request.
 *
 * @throws AppError CONFIG_INVALID for an endpoint that is not an http(s) URL.
 */
export async function startTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  if (!options.enabled) return { shutdown: async () => undefined };
  const base = endpointBase(options.endpoint);
  const { startSdk } = await import('./open-telemetry-sdk');
  const sdk = startSdk({ service: options.service, tracesUrl: `${base}/v1/traces`, metricsUrl: `${base}/v1/metrics`, metricsIntervalMs: options.metricsIntervalMs ?? 30_000 });
  return {
    shutdown: async () => {
      // Unsent signals are the only loss, and the SDK has reported their failure through its own diagnostics.
      const flushed = sdk.shutdown().catch(() => undefined);
      await Promise.race([flushed, sleep(SHUTDOWN_MS, undefined, { ref: false })]);
    },
  };
}

function endpointBase(endpoint: string): string {
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol)) {
    throw new AppError('CONFIG_INVALID', 'OTEL_EXPORTER_OTLP_ENDPOINT is not an http(s) URL, for example http://localhost:4318.');
  }
  return endpoint.replace(/\/+$/, '');
}
