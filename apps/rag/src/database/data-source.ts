import { CollectionEntity } from './collection.entity';
import { DocumentVersionEntity } from './document-version.entity';
import { DocumentEntity } from './document.entity';
import { JobEntity } from './job.entity';
import { CollectionsDocumentsAndIndex20261123120000 } from './migrations/20261123120000-collections-documents-and-index';

/** Listed by class: a bundle has no folders to search. Chunks and postings are read and written by SQL only. */
export const entities = [CollectionEntity, DocumentEntity, DocumentVersionEntity, JobEntity];
export const migrations = [CollectionsDocumentsAndIndex20261123120000];
