import { SwaggerModule } from '@nestjs/swagger';
import { AppError } from '@faas/errors';
import type * as z from 'zod';
import { createApp, type CreateAppOptions, type CreatedApp } from './create-app';
import { createOpenApiDocument } from './openapi/openapi-document';
import type { CommonConfig, ServiceDefinition } from './service-definition';

/** How long open requests may take to finish once the process was asked to end. */
const DRAIN_MS = 10_000;

export interface RunningService {
  /** Origin it listens on, for example `http://127.0.0.1:8081`. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts the service as an HTTP server. Port 0 takes a free one.
 *
 * @throws AppError CONFIG_INVALID when the port is taken or the configuration is not usable.
 */
export async function startHttp<Schema extends z.ZodObject>(definition: ServiceDefinition<Schema>, options: CreateAppOptions = {}): Promise<RunningService & CreatedApp<z.infer<Schema>>> {
  const created = await createApp(definition, options);
  const { HOST, SERVICE_PORT } = created.config as unknown as CommonConfig;
  const { app } = created;
  try {
    const document = createOpenApiDocument(app, definition);
    const fastify = app.getHttpAdapter().getInstance();
    for (const base of ['', definition.prefix]) fastify.get(`${base}/openapi.json`, async () => document);
    SwaggerModule.setup('docs', app, document, { raw: false });
    await app.listen(SERVICE_PORT, HOST);
  } catch (error) {
    await created.close();
    throw (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? new AppError('CONFIG_INVALID', `Port ${SERVICE_PORT} is taken. Set SERVICE_PORT to another one.`, { cause: error }) : error;
  }
  const address = app.getHttpServer().address() as { port: number };
  const url = `http://${HOST.includes(':') ? `[${HOST}]` : HOST}:${address.port}`;
  created.logger.info('service.started', { url });
  return { ...created, url };
}

/** The whole of a service's main.http.ts: starts it, ends it on SIGTERM, SIGINT or when its parent goes, says in one line why it cannot start. */
export function serveHttp<Schema extends z.ZodObject>(definition: ServiceDefinition<Schema>, options: CreateAppOptions = {}): void {
  startHttp(definition, options).then(
    (service) => endWithProcess(service),
    (error: unknown) => {
      process.stderr.write(`${definition.name} cannot start: ${AppError.is(error) ? error.message : String((error as Error).stack ?? error)}\n`);
      process.exit(1);
    },
  );
}

function endWithProcess(service: RunningService & Pick<CreatedApp, 'logger'>): void {
  let ending = false;
  const end = (reason: string) => {
    if (ending) return;
    ending = true;
    service.logger.info('service.ending', { reason });
    setTimeout(() => process.exit(1), DRAIN_MS).unref();
    service.close().then(
      () => process.exit(0),
      (error: unknown) => {
        service.logger.error('service.close-failed', { error });
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => end('SIGTERM'));
  process.on('SIGINT', () => end('SIGINT'));
  // Started by another process (npm start): tell it the address, and never outlive it.
  if (process.send) {
    process.send({ type: 'service.started', url: service.url });
    process.on('disconnect', () => end('parent is gone'));
  }
  process.on('uncaughtException', (error) => {
    service.logger.error('process.uncaught-exception', { error });
    end('uncaught exception');
  });
  process.on('unhandledRejection', (error) => service.logger.error('process.unhandled-rejection', { error }));
}
