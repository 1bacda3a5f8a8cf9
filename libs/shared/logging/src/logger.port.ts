/** Facts of one event. Pass a caught error itself as `error`: it is serialised with code and cause chain. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Writes one JSON line per event.
 *
 * Promise: the line carries service, request id, tenant and trace id of the current request; secrets and content are
 * redacted (see README). Never throws and never waits: a log line must not make a request fail. Lines are written
 * before the call returns unless the destination buffers.
 *
 * @example
 * logger.info('model-call.finished', { model: 'local/extractive', durationMs: 12 });
 */
export abstract class Logger {
  abstract debug(event: string, fields?: LogFields): void;
  abstract info(event: string, fields?: LogFields): void;
  abstract warn(event: string, fields?: LogFields): void;
  /** The only level whose lines carry stacks. */
  abstract error(event: string, fields?: LogFields): void;
  /** A logger whose every line carries `fields` too; fields of the event win. */
  abstract child(fields: LogFields): Logger;
}
