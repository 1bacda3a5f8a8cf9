import { context, metrics, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { AlwaysOnSampler, BatchSpanProcessor, ParentBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace';

export interface SdkOptions {
  readonly service: string;
  readonly tracesUrl: string;
  readonly metricsUrl: string;
  readonly metricsIntervalMs: number;
}

/** Retries included; as long as a shutdown waits, so that nothing is left running behind it. */
const EXPORT_TIMEOUT_MS = 2_000;

/**
 * The only module that imports the SDK, and only by dynamic import. The parts are put together here because the
 * ready-made NodeSDK brings gRPC, log and Zipkin exporters and the instrumentation hooks into every bundle.
 */
export function startSdk(options: SdkOptions): { shutdown(): Promise<void> } {
  const resource = resourceFromAttributes({ 'service.name': options.service });
  const tracing = new TracerProvider({
    resource,
    sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: options.tracesUrl, timeoutMillis: EXPORT_TIMEOUT_MS }) })],
  });
  const reader = new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter({ url: options.metricsUrl, timeoutMillis: EXPORT_TIMEOUT_MS }),
    exportIntervalMillis: options.metricsIntervalMs,
    exportTimeoutMillis: Math.min(EXPORT_TIMEOUT_MS, options.metricsIntervalMs),
  });
  const metering = new MeterProvider({ resource, readers: [reader] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(tracing);
  metrics.setGlobalMeterProvider(metering);
  return {
    shutdown: async () => {
      // No-ops again, so that a service stopped inside a longer-lived process (tests, embedding) leaves nothing behind.
      trace.disable();
      metrics.disable();
      context.disable();
      await Promise.all([tracing.shutdown(), metering.shutdown()]);
    },
  };
}
