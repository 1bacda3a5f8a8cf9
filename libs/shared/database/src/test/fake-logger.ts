import { Logger, type LogFields } from '@faas/logging';

/** Remembers what was logged. */
export class FakeLogger extends Logger {
  readonly events: { readonly event: string; readonly fields: LogFields | undefined }[] = [];

  debug(event: string, fields?: LogFields): void {
    this.events.push({ event, fields });
  }
  info(event: string, fields?: LogFields): void {
    this.events.push({ event, fields });
  }
  warn(event: string, fields?: LogFields): void {
    this.events.push({ event, fields });
  }
  error(event: string, fields?: LogFields): void {
    this.events.push({ event, fields });
  }
  child(): Logger {
    return this;
  }

  named(event: string): (LogFields | undefined)[] {
    return this.events.filter((line) => line.event === event).map(({ fields }) => fields);
  }
}
