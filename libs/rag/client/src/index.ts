export { RagClient } from './rag-client';
export {
  type CallOptions,
  type CollectionChanges,
  type CollectionDefinition,
  type FileUpload,
  type JobOptions,
  type ListOptions,
  type NewCollection,
  type Question,
  type TextOrUrl,
  type VersionOptions,
} from './rag-client.types';
