import { createLogger, type Logger } from '@faas/logging';

/** A real logger whose lines the test reads. */
export function recordingLogger(): { logger: Logger; events: () => string[] } {
  const lines: string[] = [];
  const logger = createLogger({ service: 'test', level: 'debug', destination: { write: (line) => lines.push(line) } });
  return { logger, events: () => lines.map((line) => (JSON.parse(line) as { event: string }).event) };
}
