import type { FastifyInstance } from 'fastify';
import type { ServiceParts } from '../service-definition';

const CHECK_TIMEOUT_MS = 2_000;

export interface HealthRoutesOptions {
  readonly service: string;
  readonly prefix: string;
  readonly parts: Pick<ServiceParts, 'healthChecks' | 'optionalChecks' | 'admit'>;
}

/** `/health` tells that the process lives, `/ready` that it can serve; both also below the service's prefix, both without credential. */
export function registerHealthRoutes(fastify: FastifyInstance, { service, prefix, parts }: HealthRoutesOptions): void {
  for (const base of ['', prefix]) {
    fastify.get(`${base}/health`, async () => ({ status: 'ok', service }));
    fastify.get(`${base}/ready`, async (_request, reply) => {
      const required = await outcomes({ ...parts.healthChecks, ...(parts.admit ? { schema: parts.admit } : {}) });
      const checks = { ...required, ...(await outcomes(parts.optionalChecks ?? {})) };
      const ready = Object.values(required).every((state) => state === 'ok');
      return reply.status(ready ? 200 : 503).send({ status: ready ? 'ready' : 'unavailable', service, checks });
    });
  }
}

async function outcomes(checks: Readonly<Record<string, () => Promise<void>>>): Promise<Record<string, string>> {
  return Object.fromEntries(await Promise.all(Object.entries(checks).map(async ([name, check]) => [name, await outcome(check)] as const)));
}

/** `ok`, or the error's code: no addresses, no messages of drivers. */
async function outcome(check: () => Promise<void>): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('TIMEOUT'), CHECK_TIMEOUT_MS);
  });
  const run = check().then(
    () => 'ok',
    (error: unknown) => (error as { code?: string }).code ?? 'FAILED',
  );
  return Promise.race([run, late]).finally(() => clearTimeout(timer));
}
