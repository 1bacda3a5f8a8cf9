import { idempotencyTable, roles, tenantTable } from '@faas/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class KeysAndModelCalls20261123100000 implements MigrationInterface {
  readonly name = 'KeysAndModelCalls20261123100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(roles('gateway'));
    await runner.query(`
CREATE TABLE gateway.key (
  id text PRIMARY KEY,
  tenant_id text NOT NULL,
  name text NOT NULL,
  scopes text[] NOT NULL,
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX key_list ON gateway.key (tenant_id, id DESC);
${tenantTable('gateway', 'key')}
CREATE TABLE gateway.revoked_key (
  id text PRIMARY KEY,
  revoked_at timestamptz NOT NULL,
  expires_at timestamptz
);
GRANT SELECT, INSERT, DELETE ON gateway.revoked_key TO faas_gateway;
GRANT SELECT ON gateway.revoked_key TO faas_gateway_worker;
CREATE TABLE gateway.model_call (
  id text PRIMARY KEY,
  tenant_id text NOT NULL,
  created_at timestamptz NOT NULL,
  subject text NOT NULL,
  key_id text,
  request_id text NOT NULL,
  operation text NOT NULL CHECK (operation IN ('chat', 'embeddings')),
  provider text NOT NULL,
  model text NOT NULL,
  streamed boolean NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('succeeded', 'failed', 'aborted')),
  error_code text,
  input_tokens bigint NOT NULL,
  cache_read_tokens bigint NOT NULL,
  cache_write_tokens bigint NOT NULL,
  cache_write_long_tokens bigint NOT NULL,
  output_tokens bigint NOT NULL,
  reasoning_tokens bigint NOT NULL,
  cost_nano_usd bigint,
  settlement text NOT NULL CHECK (settlement IN ('exact', 'estimated')),
  attempts integer NOT NULL,
  latency_ms integer NOT NULL,
  time_to_first_token_ms integer
);
CREATE INDEX model_call_list ON gateway.model_call (tenant_id, id DESC);
${tenantTable('gateway', 'model_call')}
${idempotencyTable('gateway')}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE gateway.idempotency, gateway.model_call, gateway.revoked_key, gateway.key`);
  }
}
