import { AppError } from '@faas/errors';

/** Names in lower case, as Node's request.headers. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * The credential of a request, from `Authorization: Bearer`, `x-api-key` or `x-goog-api-key`; undefined without one.
 * Clients send the same key in several of them; that is one credential.
 *
 * @throws AppError CREDENTIAL_AMBIGUOUS for two that differ, CREDENTIAL_INVALID for another scheme than Bearer.
 */
export function credentialFrom(headers: RequestHeaders): string | undefined {
  const found = new Set([...values(headers['authorization']).map(bearer), ...values(headers['x-api-key']), ...values(headers['x-goog-api-key'])]);
  found.delete('');
  if (found.size > 1) throw new AppError('CREDENTIAL_AMBIGUOUS', 'The request carries different credentials. Send one, as "Authorization: Bearer faas_…".');
  return [...found][0];
}

/** Node joins repeated headers with a comma, which no token contains. */
function values(header: string | readonly string[] | undefined): string[] {
  const lines = header === undefined ? [] : typeof header === 'string' ? [header] : header;
  return lines.flatMap((line) => line.split(',')).map((value) => value.trim()).filter((value) => value !== '');
}

function bearer(value: string): string {
  const [scheme = '', token = '', ...rest] = value.split(/\s+/);
  if (scheme.toLowerCase() !== 'bearer' || rest.length > 0) throw new AppError('CREDENTIAL_INVALID', 'The Authorization header must be "Bearer faas_…".');
  return token;
}
