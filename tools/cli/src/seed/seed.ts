import { AppError } from '@faas/errors';
import type { Document } from '@faas/rag-contract';
import type { Connection } from '../connection';
import { allDocuments } from '../all-documents';
import { finishedJob } from '../finished-job';
import { inParallel } from '../in-parallel';
import { handbookName, seedGuide, type GuideResult } from './guide';
import { handbookFiles, type HandbookFile } from './handbook-files';
import type { SeedRecord } from './seed-record';

const uploadsAtOnce = 4;
/** Marks documents that come from the repository, so that nothing else is ever removed. */
const origin = { source: 'repository' };

export interface SeedSummary {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly removed: number;
  /** Files whose documents a person deleted. */
  readonly deleted: number;
  readonly guide: GuideResult | 'not made, the handbook was deleted';
}

export interface SeedOptions {
  readonly root: string;
  readonly record: SeedRecord;
  /** Called whenever the record changed and must be kept. */
  readonly keep: (record: SeedRecord) => Promise<void>;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Upserts the repository's documentation and the agent that answers from it; a second run changes nothing. */
export async function seed({ rag, agents }: Pick<Connection, 'rag' | 'agents'>, options: SeedOptions): Promise<SeedSummary> {
  const isNew = await rag.getCollection(handbookName).then(
    () => false,
    (error: unknown) => {
      if (AppError.hasCode(error, 'COLLECTION_NOT_FOUND')) return true;
      throw error;
    },
  );
  if (isNew && !(await created(rag))) {
    return { created: 0, updated: 0, unchanged: 0, removed: 0, deleted: 0, guide: 'not made, the handbook was deleted' };
  }
  // A handbook that never existed before means a new database: what we remember is about another one.
  let record: SeedRecord = isNew ? { removed: [] } : options.record;

  const files = await handbookFiles(options.root);
  const stored = new Map<string, Document>();
  for await (const document of allDocuments(rag, handbookName)) if (document.externalId) stored.set(document.externalId, document);
  const outdated = files.filter(({ path, hash }) => stored.get(path)?.contentHash !== hash || stored.get(path)?.status === 'failed');
  const counts = { created: 0, updated: 0, unchanged: files.length - outdated.length, removed: 0, deleted: 0 };

  let done = 0;
  await inParallel(outdated, uploadsAtOnce, async (file) => {
    counts[await upload(rag, file, record)]++;
    options.onProgress?.(++done, outdated.length);
  });
  const gone = [...stored.values()].filter(({ externalId, metadata }) => metadata.source === origin.source && !files.some(({ path }) => path === externalId));
  for (const document of gone) {
    await rag.deleteDocument(handbookName, document.id);
    counts.removed++;
  }
  record = { ...record, removed: [...record.removed, ...gone.map(({ externalId }) => externalId ?? '')].filter((path) => !files.some((file) => file.path === path)) };
  await options.keep(record);

  const guide = await seedGuide(agents, record);
  await options.keep(guide.record);
  return { ...counts, guide: guide.result };
}

async function created(rag: Connection['rag']): Promise<boolean> {
  try {
    await rag.putCollection(handbookName, { title: 'Documentation of this system', restoreDeleted: false });
    return true;
  } catch (error) {
    if (AppError.hasCode(error, 'RESOURCE_DELETED')) return false;
    throw error;
  }
}

async function upload(rag: Connection['rag'], { path, text }: HandbookFile, record: SeedRecord): Promise<'created' | 'updated' | 'unchanged' | 'deleted'> {
  try {
    const { job, result } = await rag.addDocument(handbookName, { text, mediaType: 'text/markdown', externalId: path, metadata: origin, restoreDeleted: record.removed.includes(path) });
    if (job) await finishedJob(rag, job.id);
    return result === 'duplicate' ? 'unchanged' : result;
  } catch (error) {
    if (AppError.hasCode(error, 'RESOURCE_DELETED')) return 'deleted';
    if (AppError.is(error)) throw new AppError(error.code, `${path}: ${error.message}`, { cause: error });
    throw error;
  }
}
