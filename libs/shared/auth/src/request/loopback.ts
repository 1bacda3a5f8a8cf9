import { isIPv4 } from 'node:net';
import { AppError } from '@faas/errors';
import type { RequestHeaders } from './credential';

const lambdaVariables = ['AWS_LAMBDA_RUNTIME_API', 'AWS_LAMBDA_FUNCTION_NAME', 'AWS_LAMBDA_HTTP_ENDPOINT'] as const;

/** Takes a bare or bracketed host name or address, without port. */
export function isLoopbackHost(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return bare === 'localhost' || bare === '::1' || (isIPv4(bare) && bare.startsWith('127.'));
}

/**
 * Guards AUTH_MODE=none at start: nobody but this machine may reach the service, and it does not run on Lambda.
 *
 * @param options.host the listening address, or all of them.
 * @param options.environment where the AWS_LAMBDA_* variables would stand: process.env.
 * @throws AppError CONFIG_INVALID that says what to change.
 */
export function assertLoopbackOnly({ host, environment }: { readonly host: string | readonly string[]; readonly environment: object }): void {
  const open = [host].flat().find((address) => !isLoopbackHost(address));
  if (open !== undefined) {
    throw new AppError('CONFIG_INVALID', `AUTH_MODE=none answers everybody, so it may only listen on this machine, not on "${open}". Set HOST=127.0.0.1 or AUTH_MODE=required.`);
  }
  const present = lambdaVariables.find((name) => Boolean((environment as Record<string, unknown>)[name]));
  if (present) throw new AppError('CONFIG_INVALID', `AUTH_MODE=none cannot be used on AWS Lambda (${present} is set). Set AUTH_MODE=required.`);
}

/**
 * Guards each request under AUTH_MODE=none against web pages: a page of another site can make a browser send requests
 * here (Origin), also by a name of its own that it points at 127.0.0.1 (Host).
 *
 * @throws AppError ORIGIN_FORBIDDEN
 */
export function checkLocalOrigin(headers: RequestHeaders): void {
  const { host, origin } = headers;
  if (typeof host !== 'string' || !/^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i.test(host)) {
    throw new AppError('ORIGIN_FORBIDDEN', 'Without authentication this service answers only to Host localhost, 127.0.0.1 or [::1].');
  }
  if (origin !== undefined && !isLocalOrigin(origin)) {
    throw new AppError('ORIGIN_FORBIDDEN', 'Without authentication this service answers only to pages of this machine.');
  }
}

function isLocalOrigin(origin: string | readonly string[]): boolean {
  if (typeof origin !== 'string' || !URL.canParse(origin)) return false;
  const { protocol, hostname } = new URL(origin);
  return (protocol === 'http:' || protocol === 'https:') && isLoopbackHost(hostname);
}
