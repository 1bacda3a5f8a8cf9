import type { Citation } from '@faas/rag-contract';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ name: 'messages', schema: 'agent' })
export class MessageEntity {
  /** Sorts by time: a thread's messages are written one after the other. */
  @PrimaryColumn({ type: 'text' })
  id!: string;

  @Column({ type: 'text', name: 'thread_id' })
  threadId!: string;

  @Column({ type: 'text', name: 'run_id' })
  runId!: string;

  @Column({ type: 'text' })
  role!: 'user' | 'assistant';

  @Column({ type: 'text' })
  content!: string;

  @Column({ type: 'jsonb' })
  citations!: Citation[];

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
