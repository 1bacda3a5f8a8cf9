import { secret } from '@faas/config';
import * as z from 'zod';

/** Read by the services that verify keys but do not sign them. */
export const keySetVariables = {
  AUTH_JWKS: secret("The gateway's public keys themselves, as a JSON Web Key Set. Default: fetched from AUTH_JWKS_URL.").optional(),
  AUTH_JWKS_URL: z.url({ protocol: /^https?$/ }).optional().describe("Where the gateway's public keys are. Default: its route at GATEWAY_SERVICE_URL."),
} satisfies z.ZodRawShape;

/** Read by the service that signs keys. */
export const signingVariables = {
  AUTH_SIGNING_SECRET: secret('Secret the signing key is derived from; a comma-separated list rotates (the first signs). Default: a file below DATA_DIR.').optional(),
} satisfies z.ZodRawShape;
