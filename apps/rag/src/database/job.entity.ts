import type { JobStatus } from '@faas/rag-contract';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ name: 'job', schema: 'rag' })
export class JobEntity {
  @PrimaryColumn({ type: 'text' })
  id!: string;
  @Column({ type: 'integer', name: 'document_key' })
  documentKey!: number;
  @Column({ type: 'integer' })
  version!: number;
  @Column({ type: 'text' })
  status!: JobStatus;
  @Column({ type: 'integer', default: 0 })
  done!: number;
  @Column({ type: 'integer', default: 0 })
  total!: number;
  @Column({ type: 'jsonb', nullable: true })
  error!: { code: string; message: string } | null;
  @Column({ type: 'timestamptz', name: 'created_at', default: () => 'now()' })
  createdAt!: Date;
  @Column({ type: 'timestamptz', name: 'finished_at', nullable: true })
  finishedAt!: Date | null;
}
