import type { Language } from '@faas/rag-contract';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

@Entity({ name: 'collection', schema: 'rag' })
export class CollectionEntity {
  /** What other rows refer to: short, since each posting has it. */
  @PrimaryGeneratedColumn('identity', { type: 'integer' })
  key!: number;
  @Column({ type: 'text' })
  id!: string;
  @Column({ type: 'text' })
  name!: string;
  @Column({ type: 'text', nullable: true })
  title!: string | null;
  @Column({ type: 'text' })
  language!: Language;
  @Column({ type: 'integer', name: 'chunk_characters' })
  chunkCharacters!: number;
  @Column({ type: 'integer', name: 'chunk_overlap' })
  chunkOverlap!: number;
  @Column({ type: 'integer', default: 0 })
  documents!: number;
  @Column({ type: 'integer', default: 0 })
  chunks!: number;
  @Column({ type: 'timestamptz', name: 'created_at', default: () => 'now()' })
  createdAt!: Date;
  @Column({ type: 'timestamptz', name: 'updated_at', default: () => 'now()' })
  updatedAt!: Date;
}
