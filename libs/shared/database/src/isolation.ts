import { AppError } from '@faas/errors';
import type { EntityManager } from 'typeorm';
import type { ServiceSchema } from './service-schema';

/** @throws AppError CONFIG_INVALID when the open transaction does not run as `role`, or `role` may bypass row-level security. */
export async function assertBoundRole(manager: EntityManager, role: string): Promise<void> {
  const [effective] = await manager.query<{ role: string; bypasses: boolean }[]>(`SELECT rolname AS role, rolsuper OR rolbypassrls AS bypasses FROM pg_roles WHERE rolname = current_user`);
  if (effective?.role === role && !effective.bypasses) return;
  throw new AppError('CONFIG_INVALID', `The database role "${effective?.role}" may bypass row-level security. Transactions must run as "${role}" without SUPERUSER and BYPASSRLS.`);
}

/** Tables of the service with a column `tenant_id` whose rows every tenant could see. */
export async function tablesWithoutIsolation(manager: EntityManager, service: ServiceSchema): Promise<string[]> {
  const rows = await manager.query<{ name: string }[]>(
    `SELECT c.relname AS name
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
      WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND a.attname = 'tenant_id' AND NOT a.attisdropped AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
      ORDER BY 1`,
    [service],
  );
  return rows.map(({ name }) => name);
}
