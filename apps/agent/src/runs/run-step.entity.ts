import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The journal: what a run set out to do before it did it, and what came of it. */
@Entity({ name: 'run_steps', schema: 'agent' })
export class RunStepEntity {
  @PrimaryColumn({ type: 'text', name: 'run_id' })
  runId!: string;

  /** `model_<step>` or the id of the tool call. */
  @PrimaryColumn({ type: 'text' })
  key!: string;

  @Column({ type: 'int' })
  step!: number;

  @Column({ type: 'text' })
  kind!: 'model' | 'tool';

  /** `started` without an end: the process died in the middle, the outcome is unknown. */
  @Column({ type: 'text' })
  state!: 'started' | 'succeeded' | 'rejected' | 'failed';

  @Column({ type: 'jsonb', nullable: true })
  input!: unknown;

  @Column({ type: 'jsonb', nullable: true })
  output!: unknown;

  @Column({ type: 'timestamptz', name: 'started_at' })
  startedAt!: Date;

  @Column({ type: 'timestamptz', name: 'finished_at', nullable: true })
  finishedAt!: Date | null;
}
