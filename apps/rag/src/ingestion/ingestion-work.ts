/** Kind of the work items of ingestion; `ref` is the job's id. */
export const INGESTION = 'rag.ingestion';
