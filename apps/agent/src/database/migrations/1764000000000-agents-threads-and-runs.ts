import { idempotencyTable, outboxTable, roles, tenantTable, workTable } from '@faas/database';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const agents = `
CREATE TABLE agent.agents (
  id text PRIMARY KEY,
  tenant_id text NOT NULL,
  name text NOT NULL,
  instructions text NOT NULL,
  model text,
  tools jsonb NOT NULL,
  limits jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, name)
);
CREATE INDEX agents_page ON agent.agents (tenant_id, id)`;

const threads = `
CREATE TABLE agent.threads (
  id text PRIMARY KEY,
  tenant_id text NOT NULL,
  agent_id text NOT NULL REFERENCES agent.agents ON DELETE CASCADE,
  title text NOT NULL,
  active_run_id text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX threads_agent ON agent.threads (agent_id, id)`;

const runs = `
CREATE TABLE agent.runs (
  id text PRIMARY KEY,
  tenant_id text NOT NULL,
  agent_id text NOT NULL REFERENCES agent.agents ON DELETE CASCADE,
  thread_id text NOT NULL REFERENCES agent.threads ON DELETE CASCADE,
  status text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'succeeded', 'failed', 'cancelled')),
  fence bigint NOT NULL,
  last_seq integer NOT NULL DEFAULT 0,
  model text,
  message text,
  citations jsonb NOT NULL DEFAULT '[]',
  input_tokens integer NOT NULL DEFAULT 0,
  output_tokens integer NOT NULL DEFAULT 0,
  steps integer NOT NULL DEFAULT 0,
  error jsonb,
  subject text NOT NULL,
  key_id text,
  request_id text NOT NULL,
  cancel_requested_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz
);
CREATE UNIQUE INDEX runs_one_running_per_thread ON agent.runs (thread_id) WHERE status = 'running';
CREATE INDEX runs_thread ON agent.runs (thread_id);
CREATE INDEX runs_running_by_agent ON agent.runs (agent_id) WHERE status = 'running';
CREATE INDEX runs_agent ON agent.runs (agent_id)`;

/** Terminal states are immutable, whoever writes and however it got there. */
const terminalRunsStay = `
CREATE FUNCTION agent.refuse_change_of_ended_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'run % has ended as % and cannot change', OLD.id, OLD.status USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER runs_terminal_state_stays BEFORE UPDATE ON agent.runs
  FOR EACH ROW WHEN (OLD.status <> 'running') EXECUTE FUNCTION agent.refuse_change_of_ended_run()`;

const messages = `
CREATE TABLE agent.messages (
  id text PRIMARY KEY,
  tenant_id text NOT NULL,
  thread_id text NOT NULL REFERENCES agent.threads ON DELETE CASCADE,
  run_id text NOT NULL REFERENCES agent.runs ON DELETE CASCADE,
  role text NOT NULL CHECK (role IN ('user', 'assistant')),
  content text NOT NULL,
  citations jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX messages_thread ON agent.messages (thread_id, id);
CREATE INDEX messages_run ON agent.messages (run_id)`;

const journal = `
CREATE TABLE agent.run_events (
  run_id text NOT NULL REFERENCES agent.runs ON DELETE CASCADE,
  seq integer NOT NULL,
  tenant_id text NOT NULL,
  type text NOT NULL,
  data jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (run_id, seq)
);
CREATE TABLE agent.run_steps (
  run_id text NOT NULL REFERENCES agent.runs ON DELETE CASCADE,
  key text NOT NULL,
  tenant_id text NOT NULL,
  step integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('model', 'tool')),
  state text NOT NULL CHECK (state IN ('started', 'succeeded', 'rejected', 'failed')),
  input jsonb,
  output jsonb,
  started_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  PRIMARY KEY (run_id, key)
)`;

const tenantTables = ['agents', 'threads', 'runs', 'messages', 'run_events', 'run_steps'];

export class AgentsThreadsAndRuns1764000000000 implements MigrationInterface {
  /** Kept in the database; a minified class name would not do. */
  readonly name = 'AgentsThreadsAndRuns1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    const statements = [
      roles('agent'),
      agents,
      threads,
      runs,
      terminalRunsStay,
      messages,
      journal,
      ...tenantTables.map((table) => tenantTable('agent', table)),
      workTable('agent'),
      outboxTable('agent'),
      idempotencyTable('agent'),
    ];
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP SCHEMA agent CASCADE`);
  }
}
