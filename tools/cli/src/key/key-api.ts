import type { HttpClient } from '@faas/http-client';
import { issuedKey, type IssuedKey, type KeyRequest } from '@faas/gateway-contract';

/** Issues keys through the gateway. Every method throws AppError with the service's code. */
export class KeyApi {
  constructor(private readonly http: HttpClient) {}

  issue(request: KeyRequest): Promise<IssuedKey> {
    return this.http.json({ method: 'POST', path: '/api/v1/gateway/keys', body: request }, issuedKey);
  }
}
