import { AppError } from '@faas/errors';
import { errors, jwtVerify, type JWTVerifyGetKey, type JWTVerifyOptions } from 'jose';
import type * as z from 'zod';
import { clockToleranceSeconds, type Clock } from '../clock';

export interface JwtRules<T> extends Required<Pick<JWTVerifyOptions, 'algorithms' | 'issuer'>>, Pick<JWTVerifyOptions, 'audience' | 'typ' | 'maxTokenAge'> {
  readonly key: JWTVerifyGetKey;
  readonly claims: z.ZodType<T>;
  readonly clock: Clock;
}

/** Checks signature, times and claims; every failure becomes an AppError that tells the caller no more than it must. */
export async function verifyJwt<T>(jwt: string, { key, claims, clock, ...rules }: JwtRules<T>): Promise<T> {
  const verified = await jwtVerify(jwt, key, { ...rules, clockTolerance: clockToleranceSeconds, currentDate: new Date(clock()), requiredClaims: ['exp'] }).catch((error: unknown) => {
    throw credentialError(error);
  });
  const parsed = claims.safeParse(verified.payload);
  if (parsed.success) return parsed.data;
  const names = [...new Set(parsed.error.issues.map(({ path }) => String(path[0] ?? 'claims')))];
  throw new AppError('CREDENTIAL_INVALID', `The credential's claims are missing or malformed: ${names.join(', ')}.`, { details: { claims: names } });
}

function credentialError(error: unknown): unknown {
  if (AppError.is(error)) return error;
  if (error instanceof errors.JWTExpired) return new AppError('CREDENTIAL_EXPIRED', 'The credential has expired. Get a new one.', { cause: error });
  if (error instanceof errors.JWTClaimValidationFailed) {
    return new AppError('CREDENTIAL_INVALID', `The credential is not valid here: ${error.message}.`, { cause: error, details: { claims: [error.claim] } });
  }
  // Whatever else fails, fails on bytes that the caller chose.
  return new AppError('CREDENTIAL_INVALID', 'The credential is malformed or its signature is wrong.', { cause: error });
}
