import type { RunError, RunStatus } from '@faas/agent-contract';
import type { Citation } from '@faas/rag-contract';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ name: 'runs', schema: 'agent' })
export class RunEntity {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  @Column({ type: 'text', name: 'agent_id' })
  agentId!: string;

  @Column({ type: 'text', name: 'thread_id' })
  threadId!: string;

  @Column({ type: 'text' })
  status!: RunStatus;

  /** Fencing token of the lease: a writer with another one has lost the run. A bigint, so text in JavaScript. */
  @Column({ type: 'bigint' })
  fence!: string;

  /** Sequence number of the newest event. */
  @Column({ type: 'int', name: 'last_seq' })
  lastSeq!: number;

  @Column({ type: 'text', nullable: true })
  model!: string | null;

  @Column({ type: 'text', nullable: true })
  message!: string | null;

  @Column({ type: 'jsonb' })
  citations!: Citation[];

  @Column({ type: 'int', name: 'input_tokens' })
  inputTokens!: number;

  @Column({ type: 'int', name: 'output_tokens' })
  outputTokens!: number;

  @Column({ type: 'int' })
  steps!: number;

  @Column({ type: 'jsonb', nullable: true })
  error!: RunError | null;

  /** Who asked: subject and key id of the credential, never the credential. */
  @Column({ type: 'text' })
  subject!: string;

  @Column({ type: 'text', name: 'key_id', nullable: true })
  keyId!: string | null;

  @Column({ type: 'text', name: 'request_id' })
  requestId!: string;

  @Column({ type: 'timestamptz', name: 'cancel_requested_at', nullable: true })
  cancelRequestedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'finished_at', nullable: true })
  finishedAt!: Date | null;
}
