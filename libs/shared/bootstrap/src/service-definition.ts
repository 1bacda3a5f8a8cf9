import type { DynamicModule } from '@nestjs/common';
import type { commonVariables } from '@faas/config';
import type { AppError } from '@faas/errors';
import type { ErrorBody } from '@faas/api';
import type { Logger } from '@faas/logging';
import type { Principal } from '@faas/request-context';
import type { IncomingHttpHeaders } from 'node:http';
import type * as z from 'zod';
import type { IdempotencyStore } from './idempotency/idempotency-store.port';

export type CommonConfig = z.infer<z.ZodObject<typeof commonVariables>> & { readonly SERVICE_PORT: number };

/** Opens the embedded database in a folder; given by main.http.ts only, so that no Lambda bundle contains it. */
export type OpenEmbedded = (options: { directory: string; logger?: Logger }) => Promise<{ driver: unknown; close(): Promise<void> }>;

/** What a service's wiring gets: everything that exists before Nest does. */
export interface ServiceRuntime<Config> {
  readonly config: Config;
  readonly logger: Logger;
  /** Absent on Lambda: there a database must be configured. */
  readonly openEmbedded?: OpenEmbedded;
  /** True for the HTTP server, which may run work in the background; false on Lambda, where nothing runs after the response. */
  readonly longLived: boolean;
  /** Runs after the last request has been answered, in reverse order of registration. */
  onClose(close: () => Promise<void>): void;
}

export interface ServiceParts {
  readonly module: DynamicModule;
  /** Verifies the credential of each request. */
  readonly authenticate: (headers: IncomingHttpHeaders) => Promise<Principal>;
  /** Keeps answers of requests that carry an Idempotency-Key. */
  readonly idempotency?: IdempotencyStore;
  /** Dependencies by name, asked by /ready with a deadline. A check throws when its dependency is not usable. */
  readonly healthChecks?: Readonly<Record<string, () => Promise<void>>>;
  /** Dependencies whose outage is shown by /ready and borne: the service goes on without them. */
  readonly optionalChecks?: Readonly<Record<string, () => Promise<void>>>;
  /** Throws when no request may be served at present, for example SCHEMA_BEHIND. */
  readonly admit?: () => Promise<void>;
}

/** A deployable service, independent of how it is run. */
export interface ServiceDefinition<Schema extends z.ZodObject = z.ZodObject> {
  readonly name: `${string}-service`;
  /** Path below which all its routes stand, for example `/api/v1/rag`. */
  readonly prefix: `/api/v1/${string}`;
  readonly description: string;
  readonly config: Schema;
  /** Wiring. Throws AppError when a dependency named by the configuration cannot be used. */
  createParts(runtime: ServiceRuntime<z.infer<Schema>>): Promise<ServiceParts>;
  /** Body of an error on routes that speak another API's shape; undefined for the native shape. */
  renderError?(path: string, body: ErrorBody, error: AppError): unknown;
}
