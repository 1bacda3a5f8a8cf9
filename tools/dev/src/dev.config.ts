import { commonVariables } from '@faas/config';
import * as z from 'zod';

const port = (defaultValue: number, description: string) => z.coerce.number().int().min(1).max(65_535).default(defaultValue).describe(description);

/** What `npm start` itself reads; every other variable reaches the services as it is. */
export const devConfig = z.object({
  DATA_DIR: commonVariables.DATA_DIR,
  AUTH_MODE: commonVariables.AUTH_MODE.unwrap().optional().describe('Refused when `required`: npm start serves this machine without credentials.'),
  DATABASE_URL: commonVariables.DATABASE_URL,
  REDIS_URL: commonVariables.REDIS_URL,
  MAX_BODY_BYTES: commonVariables.MAX_BODY_BYTES,
  EDGE_PORT: port(8000, 'Port of the local edge.'),
  AGENT_PORT: port(8080, 'SERVICE_PORT of the agent service.'),
  GATEWAY_PORT: port(8081, 'SERVICE_PORT of the gateway service.'),
  RAG_PORT: port(8082, 'SERVICE_PORT of the rag service.'),
});

export type DevConfig = z.infer<typeof devConfig>;
