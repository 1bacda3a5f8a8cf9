import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ name: 'threads', schema: 'agent' })
export class ThreadEntity {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  @Column({ type: 'text', name: 'agent_id' })
  agentId!: string;

  @Column({ type: 'text' })
  title!: string;

  /** The run that holds the thread; one at a time. */
  @Column({ type: 'text', name: 'active_run_id', nullable: true })
  activeRunId!: string | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'updated_at' })
  updatedAt!: Date;
}
