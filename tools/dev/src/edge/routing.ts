import { services, type ServiceName } from '../services';

/**
 * The service behind a path, as API Gateway's routes `/api/v1/<part>` and `/api/v1/<part>/{proxy+}` have it:
 * `/api/v1/agentsX` belongs to nobody.
 */
export function serviceOfPath(url: string): ServiceName | undefined {
  const path = url.split(/[?#]/, 1)[0] ?? '';
  return services.find(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`))?.name;
}
