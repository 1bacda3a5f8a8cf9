import { AppError } from '@faas/errors';
import * as z from 'zod';
import { keyIssuer, tenantName } from '../claims';
import { services } from './internal-tokens';
import { isLoopbackHost } from '../request/loopback';

/** Signatures with a public key only: `none` and shared secrets (HS256 …) cannot be configured. */
const algorithms = z.enum(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']);

const claimName = z.string().min(1).max(200);

const issuer = z
  .strictObject({
    issuer: z.string().min(1).max(500).describe('`iss` of its tokens, exactly.'),
    jwksUrl: z
      .url({ protocol: /^https?$/ })
      .refine((url) => url.startsWith('https:') || isLoopbackHost(new URL(url).hostname), 'Expected https: whoever can change this answer can sign as anybody.')
      .describe('Where its public keys are.'),
    audience: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).describe('`aud` that its tokens for this system carry.'),
    algorithms: z.array(algorithms).min(1),
    tenant: tenantName.optional().describe('Every token of this issuer acts in this tenant.'),
    tenantClaim: claimName.optional().describe('Name of the claim that holds the tenant.'),
    scopeClaim: claimName.default('scope').describe('Name of the claim that holds scopes: a list, or a text separated by spaces.'),
  })
  .refine(({ tenant, tenantClaim }) => (tenant === undefined) !== (tenantClaim === undefined), 'Give either `tenant` or `tenantClaim`: a token without a tenant may do nothing.');
export type TrustedIssuer = z.infer<typeof issuer>;

const reserved: readonly string[] = [keyIssuer, ...services];
const issuers = z
  .array(issuer)
  .max(20)
  .refine((list) => new Set(list.map((one) => one.issuer)).size === list.length, 'An issuer is listed twice.')
  .refine((list) => list.every((one) => !reserved.includes(one.issuer)), `These names are taken: ${reserved.join(', ')}.`);

/** @throws AppError CONFIG_INVALID naming AUTH_ISSUERS and every problem. */
export function parseIssuers(text: string | undefined): TrustedIssuer[] {
  if (text === undefined || text.trim() === '') return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AppError('CONFIG_INVALID', 'AUTH_ISSUERS: expected a JSON list of issuers.', { cause });
  }
  const parsed = issuers.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `AUTH_ISSUERS${path.map((part) => `[${String(part)}]`).join('')}: ${message}`);
  throw new AppError('CONFIG_INVALID', problems.join('\n'), { details: { problems } });
}
