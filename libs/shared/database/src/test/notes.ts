import { runInContext } from '@faas/request-context';
import type { ThrowawayDatabase } from '@faas/testing';
import { Column, Entity, PrimaryColumn, type MigrationInterface, type QueryRunner } from 'typeorm';
import { Database, type DatabaseOptions } from '../database';
import { blobTables, countersTable, idempotencyTable, outboxTable, roles, tenantTable, workTable } from '../migrations/building-blocks';
import { FakeLogger } from './fake-logger';

@Entity({ name: 'note', schema: 'agent' })
export class NoteEntity {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  @Column({ type: 'text' })
  text!: string;
}

export class Notes1764000000000 implements MigrationInterface {
  readonly name = 'Notes1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`${roles('agent')}
CREATE TABLE agent.note (id text PRIMARY KEY, tenant_id text, text text NOT NULL);
${tenantTable('agent', 'note')}
${workTable('agent')}
${outboxTable('agent')}
${idempotencyTable('agent')}
${countersTable('agent')}
${blobTables('agent')}`);
  }

  async down(): Promise<void> {
    throw new Error('Not needed here.');
  }
}

export async function openNotes(throwaway: ThrowawayDatabase, options: Partial<DatabaseOptions> = {}): Promise<Database> {
  return Database.open({ service: 'agent', entities: [NoteEntity], migrations: [Notes1764000000000], source: throwaway.source(), logger: new FakeLogger(), ...options });
}

/** A migrated database with one table of notes and one of each building block. */
export async function openMigratedNotes(throwaway: ThrowawayDatabase, options: Partial<DatabaseOptions> = {}): Promise<Database> {
  const database = await openNotes(throwaway, options);
  await database.migrate();
  await database.assertIsolation();
  return database;
}

export function asTenant<T>(tenant: string, work: () => Promise<T>): Promise<T> {
  return runInContext({ requestId: `request-of-${tenant}`, principal: { tenant, subject: 'tester', scopes: [] } }, work);
}

export function addNote(database: Database, id: string, text = 'text'): Promise<unknown> {
  return database.inTenant(() => database.manager.insert(NoteEntity, { id, text }));
}

export async function noteIds(database: Database): Promise<string[]> {
  return (await database.inTenant(() => database.manager.find(NoteEntity, { order: { id: 'ASC' } }))).map(({ id }) => id);
}
