import configureServerlessExpress from '@codegenie/serverless-express';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type * as z from 'zod';
import { createApp, type CreateAppOptions } from './create-app';
import type { ServiceDefinition } from './service-definition';

export type LambdaHandler = (event: unknown, context: unknown) => Promise<unknown>;

export interface LambdaHandlers {
  /** Buffered answers for REST, HTTP API, ALB and function URL events. */
  readonly handler: LambdaHandler;
  /** Closes what was opened, for tests: Lambda ends its environments without asking. */
  close(): Promise<void>;
}

/**
 * The whole of a service's main.lambda.ts. Booting begins when the module is loaded, in the init phase; the application is
 * kept for all invocations. An application that could not be built is tried again by the next invocation.
 */
export function serveLambda<Schema extends z.ZodObject>(definition: ServiceDefinition<Schema>, options: CreateAppOptions = {}): LambdaHandlers {
  const boot = () => bootHandler(definition, options);
  let booted = boot();
  booted.catch(() => undefined);
  return {
    handler: async (event, context) => {
      const { handler } = await booted.catch(() => (booted = boot()));
      return handler(event, context);
    },
    close: async () => (await booted).close(),
  };
}

async function bootHandler<Schema extends z.ZodObject>(definition: ServiceDefinition<Schema>, options: CreateAppOptions): Promise<LambdaHandlers> {
  const { app, close } = await createApp(definition, { ...options, longLived: false });
  await app.init();
  const fastify = app.getHttpAdapter().getInstance();
  await fastify.ready();
  const listener = (request: IncomingMessage, response: ServerResponse) => fastify.routing(request, response);
  const handler = configureServerlessExpress({ app: Object.assign(listener, { handler: listener }) }) as unknown as LambdaHandler;
  return { handler, close };
}
