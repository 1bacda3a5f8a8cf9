export { withModelCall, type ModelCall, type ModelCallRecorder } from './telemetry/gen-ai';
export { Logger, type LogFields } from './logger.port';
export { createLogger, type LoggerOptions, type LogLevel } from './pino.adapter';
export { scrubText } from './scrub-text';
export { counter, DURATION_BOUNDARIES, histogram, recordCount, recordDuration, type InstrumentOptions } from './telemetry/metrics';
export { markFailed, withSpan, type SpanOptions } from './telemetry/spans';
export { startTelemetry, type Telemetry, type TelemetryOptions } from './telemetry/start-telemetry';
export { acceptTraceparent, currentTraceId, currentTraceparent, formatTraceparent, parseTraceparent } from './telemetry/trace-context';
