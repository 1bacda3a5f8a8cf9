import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One line of a run's log; never changed. */
@Entity({ name: 'run_events', schema: 'agent' })
export class RunEventEntity {
  @PrimaryColumn({ type: 'text', name: 'run_id' })
  runId!: string;

  /** 1, 2, 3 without gaps. */
  @PrimaryColumn({ type: 'int' })
  seq!: number;

  @Column({ type: 'text' })
  type!: string;

  @Column({ type: 'jsonb' })
  data!: Record<string, unknown>;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
