import type { DocumentMetadata, DocumentStatus, MediaType } from '@faas/rag-contract';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

@Entity({ name: 'document', schema: 'rag' })
export class DocumentEntity {
  @PrimaryGeneratedColumn('identity', { type: 'integer' })
  key!: number;
  @Column({ type: 'integer', name: 'collection_key' })
  collectionKey!: number;
  @Column({ type: 'text' })
  id!: string;
  @Column({ type: 'text', name: 'external_id', nullable: true })
  externalId!: string | null;
  @Column({ type: 'text' })
  title!: string;
  @Column({ type: 'text', name: 'media_type' })
  mediaType!: MediaType;
  @Column({ type: 'text', nullable: true })
  url!: string | null;
  @Column({ type: 'jsonb' })
  metadata!: DocumentMetadata;
  @Column({ type: 'text' })
  status!: DocumentStatus;
  /** The version that is searched. */
  @Column({ type: 'integer', nullable: true })
  version!: number | null;
  @Column({ type: 'integer', name: 'latest_version' })
  latestVersion!: number;
  @Column({ type: 'integer', nullable: true })
  characters!: number | null;
  @Column({ type: 'integer', default: 0 })
  chunks!: number;
  @Column({ type: 'integer' })
  bytes!: number;
  @Column({ type: 'text', name: 'content_hash' })
  contentHash!: string;
  @Column({ type: 'timestamptz', name: 'created_at', default: () => 'now()' })
  createdAt!: Date;
  @Column({ type: 'timestamptz', name: 'updated_at', default: () => 'now()' })
  updatedAt!: Date;
}
