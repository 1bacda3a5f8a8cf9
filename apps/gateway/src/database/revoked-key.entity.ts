import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Ids and dates only, without a tenant: every service asks for the whole list. */
@Entity({ name: 'revoked_key', schema: 'gateway' })
export class RevokedKeyEntity {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  @Column({ name: 'revoked_at', type: 'timestamptz' })
  revokedAt!: Date;

  /** Null: the key has no row here, so nobody knows; it stays on the list. */
  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;
}
