/** A service owns the schema of its name. */
export type ServiceSchema = 'gateway' | 'rag' | 'agent';

/** What requests run as: rights on the service's schema, bound by row-level security. */
export function roleOf(service: ServiceSchema): string {
  return `faas_${service}`;
}

/** What claims work and relays events across tenants: rights on the work and outbox tables only. */
export function workerRoleOf(service: ServiceSchema): string {
  return `faas_${service}_worker`;
}
