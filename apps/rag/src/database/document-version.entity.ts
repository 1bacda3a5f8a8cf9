import type { MediaType } from '@faas/rag-contract';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ name: 'document_version', schema: 'rag' })
export class DocumentVersionEntity {
  @PrimaryColumn({ type: 'integer', name: 'document_key' })
  documentKey!: number;
  @PrimaryColumn({ type: 'integer' })
  version!: number;
  /** As given by the caller; null: taken from the document. */
  @Column({ type: 'text', nullable: true })
  title!: string | null;
  @Column({ type: 'text', name: 'media_type' })
  mediaType!: MediaType;
  @Column({ type: 'text', nullable: true })
  charset!: string | null;
  @Column({ type: 'text', name: 'content_hash' })
  contentHash!: string;
  /** Id of the original in the blob store. */
  @Column({ type: 'text' })
  blob!: string;
  /** The canonical text, once it was extracted. */
  @Column({ type: 'text', nullable: true })
  content!: string | null;
  @Column({ type: 'integer', nullable: true })
  characters!: number | null;
}
