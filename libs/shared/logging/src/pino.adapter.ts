import { currentContext } from '@faas/request-context';
import pino from 'pino';
import { Logger, type LogFields } from './logger.port';
import { redactFields } from './redaction';
import { currentTraceId } from './telemetry/trace-context';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LoggerOptions {
  /** Name of the service on every line. */
  readonly service: string;
  /** Least severe level that is written; `silent` writes nothing. Default `info`. */
  readonly level?: LogLevel | 'silent';
  /** Takes whole lines. Default: standard output, written synchronously so that nothing is lost at exit. */
  readonly destination?: { write(line: string): void };
  /** Keys shown although they are on the redaction list, for example `['text']` while debugging a prompt. */
  readonly reveal?: readonly string[];
}

/** Names the logger itself writes; a field of that name gets a `_` so that it cannot forge them. */
const RESERVED = new Set(['level', 'time', 'service', 'event']);

/** @example const logger = createLogger({ service: 'gateway-service', level: 'info' }); */
export function createLogger(options: LoggerOptions): Logger {
  const destination = options.destination ?? pino.destination({ dest: 1, sync: true });
  const writer = pino(
    {
      level: options.level ?? 'info',
      base: { service: options.service },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
    },
    destination,
  );
  return new PinoLogger(writer, options.reveal ?? [], {});
}

class PinoLogger extends Logger {
  constructor(
    private readonly writer: pino.Logger,
    private readonly reveal: readonly string[],
    private readonly bindings: LogFields,
  ) {
    super();
  }

  debug(event: string, fields?: LogFields): void {
    this.write('debug', event, fields);
  }

  info(event: string, fields?: LogFields): void {
    this.write('info', event, fields);
  }

  warn(event: string, fields?: LogFields): void {
    this.write('warn', event, fields);
  }

  error(event: string, fields?: LogFields): void {
    this.write('error', event, fields);
  }

  child(fields: LogFields): Logger {
    return new PinoLogger(this.writer, this.reveal, { ...this.bindings, ...fields });
  }

  private write(level: LogLevel, event: string, fields: LogFields | undefined): void {
    if (!this.writer.isLevelEnabled(level)) return;
    this.writer[level]({ event, ...contextFields(), ...this.copy(fields, level === 'error') });
  }

  /** A field with a getter or proxy that throws must not make the caller fail: the line then says so. */
  private copy(fields: LogFields | undefined, stacks: boolean): Record<string, unknown> {
    try {
      const copied = redactFields({ ...this.bindings, ...fields }, { reveal: this.reveal, stacks });
      return Object.fromEntries(Object.entries(copied).map(([key, value]) => [RESERVED.has(key) ? `${key}_` : key, value]));
    } catch (error) {
      return { unloggable: String(error) };
    }
  }
}

function contextFields(): LogFields {
  const context = currentContext();
  const traceId = currentTraceId();
  return {
    ...(context ? { requestId: context.requestId } : {}),
    ...(context?.principal ? { tenant: context.principal.tenant } : {}),
    ...(traceId ? { traceId } : {}),
  };
}
