import type { Logger } from '@faas/logging';
import type { Logger as OrmLogger } from 'typeorm';

/** TypeORM writes to the console otherwise, and with it statements and parameters. Failures reach the log as errors of the work instead. */
export class TypeOrmLogger implements OrmLogger {
  constructor(private readonly logger: Logger) {}

  log(level: 'log' | 'info' | 'warn', message: unknown): void {
    if (level === 'warn') this.logger.warn('database.notice', { message: String(message) });
  }
  logQuery(): void {
    return;
  }
  logQueryError(): void {
    return;
  }
  logQuerySlow(): void {
    return;
  }
  logSchemaBuild(): void {
    return;
  }
  logMigration(): void {
    return;
  }
}
