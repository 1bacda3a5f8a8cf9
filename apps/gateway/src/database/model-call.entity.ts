import { Column, Entity, PrimaryColumn, type ValueTransformer } from 'typeorm';

/** pg hands bigint over as text; these stay below 2^53. */
const whole: ValueTransformer = {
  to: (value: number | null) => value,
  from: (value: string | null) => (value === null ? null : Number(value)),
};

@Entity({ name: 'model_call', schema: 'gateway' })
export class ModelCallEntity {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  @Column({ name: 'tenant_id', type: 'text' })
  tenantId!: string;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ type: 'text' })
  subject!: string;

  @Column({ name: 'key_id', type: 'text', nullable: true })
  keyId!: string | null;

  @Column({ name: 'request_id', type: 'text' })
  requestId!: string;

  @Column({ type: 'text' })
  operation!: 'chat' | 'embeddings';

  @Column({ type: 'text' })
  provider!: string;

  @Column({ type: 'text' })
  model!: string;

  @Column({ type: 'boolean' })
  streamed!: boolean;

  @Column({ type: 'text' })
  outcome!: 'succeeded' | 'failed' | 'aborted';

  @Column({ name: 'error_code', type: 'text', nullable: true })
  errorCode!: string | null;

  @Column({ name: 'input_tokens', type: 'bigint', transformer: whole })
  inputTokens!: number;

  @Column({ name: 'cache_read_tokens', type: 'bigint', transformer: whole })
  cacheReadTokens!: number;

  @Column({ name: 'cache_write_tokens', type: 'bigint', transformer: whole })
  cacheWriteTokens!: number;

  @Column({ name: 'cache_write_long_tokens', type: 'bigint', transformer: whole })
  cacheWriteLongTokens!: number;

  @Column({ name: 'output_tokens', type: 'bigint', transformer: whole })
  outputTokens!: number;

  @Column({ name: 'reasoning_tokens', type: 'bigint', transformer: whole })
  reasoningTokens!: number;

  @Column({ name: 'cost_nano_usd', type: 'bigint', nullable: true, transformer: whole })
  costNanoUsd!: number | null;

  @Column({ type: 'text' })
  settlement!: 'exact' | 'estimated';

  @Column({ type: 'integer' })
  attempts!: number;

  @Column({ name: 'latency_ms', type: 'integer' })
  latencyMs!: number;

  @Column({ name: 'time_to_first_token_ms', type: 'integer', nullable: true })
  timeToFirstTokenMs!: number | null;
}
