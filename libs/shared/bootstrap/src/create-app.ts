import { StandardSchemaSerializerInterceptor } from '@nestjs/common';
import { NestFactory, Reflector } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { assertLoopbackOnly, checkLocalOrigin } from '@faas/auth';
import { loadConfig, type LoadConfigOptions } from '@faas/config';
import { createLogger, startTelemetry, type Logger } from '@faas/logging';
import type * as z from 'zod';
import { AccessGuard } from './access/access.guard';
import { assertEveryRouteDeclaresAccess } from './access/access-audit';
import { ErrorFilter } from './errors/error.filter';
import { ErrorResponder } from './errors/error-responder';
import { registerHealthRoutes } from './health/health.routes';
import { IdempotencyInterceptor } from './idempotency/idempotency.interceptor';
import { NestLogger } from './nest-logger';
import { closeWhenAnswered } from './requests/close-when-answered';
import { DeadlineInterceptor } from './requests/deadline.interceptor';
import { registerRequestContext } from './requests/request-context.hooks';
import { registerRequestLog } from './requests/request-log.hooks';
import { SpanInterceptor } from './requests/span.interceptor';
import { createValidationPipe } from './requests/validation.pipe';
import type { CommonConfig, OpenEmbedded, ServiceDefinition } from './service-definition';
import { EventStreamInterceptor } from './streaming/event-stream.interceptor';

/** How long a caller may take to send a request: a body of the largest size over a slow line, not a connection held open. */
const UPLOAD_TIMEOUT_MS = 120_000;

export interface CreateAppOptions extends LoadConfigOptions {
  readonly openEmbedded?: OpenEmbedded;
  readonly longLived?: boolean;
  /** Takes the place of the logger that LOG_LEVEL configures. */
  readonly logger?: Logger;
}

export interface CreatedApp<Config = CommonConfig> {
  readonly app: NestFastifyApplication;
  readonly config: Config;
  readonly logger: Logger;
  /** Answers what is open, then closes everything the wiring opened. */
  close(): Promise<void>;
}

/**
 * Builds the application of a service: the same for the HTTP server, for Lambda and for tests.
 *
 * @throws AppError CONFIG_INVALID, or what the wiring throws when a dependency cannot be used; nothing stays open then.
 */
export async function createApp<Schema extends z.ZodObject>(definition: ServiceDefinition<Schema>, options: CreateAppOptions = {}): Promise<CreatedApp<z.infer<Schema>>> {
  const config = await loadConfig(definition.config, options);
  const common = config as unknown as CommonConfig;
  if (common.AUTH_MODE === 'none') assertLoopbackOnly({ host: common.HOST, environment: common });
  const service = common.SERVICE_NAME ?? definition.name;
  const logger = options.logger ?? createLogger({ service, level: common.LOG_LEVEL });
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const run of closers.reverse().splice(0)) await run();
  };
  try {
    const telemetry = await startTelemetry({ enabled: common.ENABLE_OTEL, service, endpoint: common.OTEL_EXPORTER_OTLP_ENDPOINT });
    closers.push(() => telemetry.shutdown());
    const parts = await definition.createParts({
      config,
      logger,
      openEmbedded: options.openEmbedded,
      longLived: options.longLived ?? true,
      onClose: (closer) => closers.push(closer),
    });

    const adapter = new FastifyAdapter({ bodyLimit: common.MAX_BODY_BYTES, requestTimeout: UPLOAD_TIMEOUT_MS, keepAliveTimeout: 65_000, forceCloseConnections: 'idle', genReqId: () => '' });
    const app = await NestFactory.create<NestFastifyApplication>(parts.module, adapter, { logger: new NestLogger(logger), abortOnError: false, bodyParser: false });
    const responder = new ErrorResponder(logger, definition.renderError);
    const fastify = adapter.getInstance();
    // JSON only: forms are what another site's page can send. A service that takes files registers multipart itself.
    fastify.removeContentTypeParser('text/plain');
    registerRequestContext(fastify, common.REQUEST_TIMEOUT_MS);
    registerRequestLog(fastify, logger);
    if (common.AUTH_MODE === 'none') {
      fastify.addHook('onRequest', (request, _reply, done) => {
        checkLocalOrigin(request.headers);
        done();
      });
    }
    registerHealthRoutes(fastify, { service: definition.name, prefix: definition.prefix, parts });
    app.setGlobalPrefix(definition.prefix);
    app.useGlobalPipes(createValidationPipe());
    app.useGlobalFilters(new ErrorFilter(responder));
    app.useGlobalGuards(new AccessGuard(parts));
    // Outermost first.
    app.useGlobalInterceptors(
      new SpanInterceptor(),
      new DeadlineInterceptor(),
      ...(parts.idempotency ? [new IdempotencyInterceptor(parts.idempotency, responder)] : []),
      new StandardSchemaSerializerInterceptor(app.get(Reflector)),
      new EventStreamInterceptor(responder),
    );
    assertEveryRouteDeclaresAccess(app);
    closers.push(closeWhenAnswered(app));
    return { app, config, logger, close };
  } catch (error) {
    await close();
    throw error;
  }
}
