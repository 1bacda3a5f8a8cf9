import type { AgentLimits, AgentTool } from '@faas/agent-contract';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ name: 'agents', schema: 'agent' })
export class AgentEntity {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  instructions!: string;

  @Column({ type: 'text', nullable: true })
  model!: string | null;

  @Column({ type: 'jsonb' })
  tools!: AgentTool[];

  @Column({ type: 'jsonb' })
  limits!: AgentLimits;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'updated_at' })
  updatedAt!: Date;
}
