import { roleOf, workerRoleOf, type ServiceSchema } from '../service-schema';

/** The tenant of the transaction; null outside of one, which no policy and no NOT NULL column lets pass. */
const TENANT = `nullif(current_setting('app.tenant', true), '')`;

/** Makes the service's two roles; first statement of a service's first migration. Safe to run by several databases of one server at once. */
export function roles(service: ServiceSchema): string {
  const both = [roleOf(service), workerRoleOf(service)];
  return both.map((role) => createRole(role, service)).join('\n');
}

function createRole(role: string, service: ServiceSchema): string {
  return `
DO $$
DECLARE login text := coalesce(nullif(current_setting('faas.login', true), ''), current_user);
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN
    BEGIN
      CREATE ROLE ${role} NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END IF;
  -- Only who lacks it: a superuser may take any role, and two databases granting at once would meet in the shared catalogue.
  -- From PostgreSQL 16 on the creator of a role is a member that may not take it.
  IF NOT pg_has_role(login, '${role}', CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END) THEN
    EXECUTE format('GRANT ${role} TO %I', login);
  END IF;
END $$;
GRANT USAGE ON SCHEMA ${service} TO ${role};`;
}

/** Row-level security for a table with a column \`tenant_id\`: a transaction sees and writes only its tenant's rows. */
export function tenantTable(service: ServiceSchema, table: string): string {
  return `
ALTER TABLE ${service}.${table} ALTER COLUMN tenant_id SET DEFAULT ${TENANT}, ALTER COLUMN tenant_id SET NOT NULL;
ALTER TABLE ${service}.${table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE ${service}.${table} FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON ${service}.${table} TO ${roleOf(service)} USING (tenant_id = ${TENANT}) WITH CHECK (tenant_id = ${TENANT});
GRANT SELECT, INSERT, UPDATE, DELETE ON ${service}.${table} TO ${roleOf(service)};`;
}

/** Rows of this table are also seen by the worker role, for all tenants. */
function workerTable(service: ServiceSchema, table: string): string {
  return `${tenantTable(service, table)}
CREATE POLICY worker ON ${service}.${table} TO ${workerRoleOf(service)} USING (true) WITH CHECK (true);
GRANT SELECT, UPDATE, DELETE ON ${service}.${table} TO ${workerRoleOf(service)};`;
}

/** What WorkQueue needs: what is to be done, without content. */
export function workTable(service: ServiceSchema): string {
  return `
CREATE TABLE ${service}.work (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id text NOT NULL,
  kind text NOT NULL,
  ref text NOT NULL,
  state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'leased', 'failed')),
  run_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  lease_owner text,
  lease_until timestamptz,
  fence bigint NOT NULL DEFAULT 0,
  attempts integer NOT NULL DEFAULT 0,
  last_error text
);
CREATE INDEX work_queued ON ${service}.work (run_at) WHERE state = 'queued';
CREATE INDEX work_leased ON ${service}.work (lease_until) WHERE state = 'leased';
${workerTable(service, 'work')}`;
}

/** What Outbox needs. */
export function outboxTable(service: ServiceSchema): string {
  return `
CREATE TABLE ${service}.outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id text NOT NULL,
  event_id text NOT NULL UNIQUE,
  subject text NOT NULL,
  occurred_at timestamptz NOT NULL,
  data jsonb NOT NULL,
  lease_until timestamptz
);
${workerTable(service, 'outbox')}`;
}

/** What PostgresIdempotencyStore needs. */
export function idempotencyTable(service: ServiceSchema): string {
  return `
CREATE TABLE ${service}.idempotency (
  tenant_id text NOT NULL,
  key text NOT NULL,
  request_hash text NOT NULL,
  token text NOT NULL,
  status integer,
  content_type text,
  body text,
  lease_until timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, key)
);
CREATE INDEX idempotency_expiry ON ${service}.idempotency (tenant_id, expires_at);
${tenantTable(service, 'idempotency')}`;
}

/** What PostgresBlobStore needs: bytes in parts, so that none is ever whole in memory. */
export function blobTables(service: ServiceSchema): string {
  return `
CREATE TABLE ${service}.blob (
  tenant_id text NOT NULL,
  id text PRIMARY KEY,
  bytes bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE ${service}.blob_part (
  tenant_id text NOT NULL,
  blob_id text NOT NULL REFERENCES ${service}.blob ON DELETE CASCADE,
  position integer NOT NULL,
  bytes bytea NOT NULL,
  PRIMARY KEY (blob_id, position)
);
ALTER TABLE ${service}.blob_part ALTER COLUMN bytes SET STORAGE EXTERNAL;
${tenantTable(service, 'blob')}
${tenantTable(service, 'blob_part')}`;
}

/** What PostgresCounters needs. A counter's name holds its tenant; times are epoch milliseconds of the database's clock. */
export function countersTable(service: ServiceSchema): string {
  return `
CREATE TABLE ${service}.counter (
  name text PRIMARY KEY,
  window_start bigint NOT NULL,
  ends_at bigint,
  spent bigint NOT NULL DEFAULT 0
);
CREATE INDEX counter_end ON ${service}.counter (ends_at);
CREATE TABLE ${service}.counter_hold (
  id uuid PRIMARY KEY,
  counter text NOT NULL,
  window_start bigint NOT NULL,
  amount bigint NOT NULL,
  expires_at bigint NOT NULL,
  closed boolean NOT NULL DEFAULT false
);
CREATE INDEX counter_hold_open ON ${service}.counter_hold (counter, window_start) WHERE NOT closed;
CREATE INDEX counter_hold_expiry ON ${service}.counter_hold (expires_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON ${service}.counter, ${service}.counter_hold TO ${roleOf(service)};`;
}
