import type { LoggerService } from '@nestjs/common';
import type { Logger } from '@faas/logging';

/** Nest's own messages: routes and modules at debug level, its warnings and errors as they are. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown): void {
    this.logger.debug('nest.message', { detail: String(message) });
  }

  warn(message: unknown): void {
    this.logger.warn('nest.message', { detail: String(message) });
  }

  error(message: unknown, ...details: unknown[]): void {
    this.logger.error('nest.message', { detail: String(message), trace: details.map(String) });
  }
}
