import { collection, acceptedDocument, document, documentPage, job, queryAnswer, type AcceptedDocument, type Collection, type Document, type Job, type QueryAnswer } from '@faas/rag-contract';
import { AppError } from '@faas/errors';
import { remoteError, type HttpClient } from '@faas/http-client';

const root = '/api/v1/rag';
const pageSize = 100;
/** Ends a listing that never ends: far more documents than the commands ever made. */
const maxPages = 10_000;

export interface DocumentText {
  readonly text: string;
  readonly mediaType: 'text/markdown' | 'text/plain' | 'text/html';
  readonly externalId: string;
  readonly title?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly restoreDeleted: boolean;
}

export interface DocumentFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly mediaType: string;
  readonly externalId: string;
}

/** What the commands ask of the rag service. Every method throws AppError with the service's code. */
export class RagApi {
  constructor(private readonly http: HttpClient) {}

  getCollection(name: string): Promise<Collection> {
    return this.http.json({ method: 'GET', path: pathOf(name) }, collection);
  }

  /** Creates it or leaves it as it is. @throws AppError RESOURCE_DELETED when it was deleted and must not come back. */
  ensureCollection(name: string, options: { title?: string; restoreDeleted: boolean }): Promise<Collection> {
    return this.http.json({ method: 'PUT', path: pathOf(name), body: options }, collection);
  }

  async *documents(name: string): AsyncGenerator<Document> {
    let after: string | undefined;
    for (let page = 0; page < maxPages; page++) {
      const { data, hasMore, lastId } = await this.http.json({ method: 'GET', path: `${pathOf(name)}/documents`, query: { limit: pageSize, after } }, documentPage);
      yield* data;
      if (!hasMore || lastId === null) return;
      after = lastId;
    }
    throw new AppError('UPSTREAM_FAILED', `The list of documents in ${name} does not end.`);
  }

  getDocument(name: string, id: string): Promise<Document> {
    return this.http.json({ method: 'GET', path: `${pathOf(name)}/documents/${id}` }, document);
  }

  /** Safe to repeat: the same external id and content is answered with `unchanged`. */
  putText(name: string, text: DocumentText): Promise<AcceptedDocument> {
    return this.http.json({ method: 'POST', path: `${pathOf(name)}/documents`, body: text, idempotent: true }, acceptedDocument);
  }

  putUrl(name: string, url: string): Promise<AcceptedDocument> {
    return this.http.json({ method: 'POST', path: `${pathOf(name)}/documents`, body: { url }, idempotent: true, timeoutMs: 120_000 }, acceptedDocument);
  }

  putFile(name: string, { name: fileName, bytes, mediaType, externalId }: DocumentFile): Promise<AcceptedDocument> {
    const form = new FormData();
    form.set('externalId', externalId);
    form.set('file', new Blob([bytes], { type: mediaType }), fileName);
    return this.http.json({ method: 'POST', path: `${pathOf(name)}/documents`, rawBody: form, idempotent: true, timeoutMs: 120_000 }, acceptedDocument);
  }

  async deleteDocument(name: string, id: string): Promise<void> {
    const response = await this.http.send({ method: 'DELETE', path: `${pathOf(name)}/documents/${id}` });
    if (!response.ok) throw await remoteError(response, this.http.name);
    response.discard();
  }

  getJob(id: string): Promise<Job> {
    return this.http.json({ method: 'GET', path: `${root}/jobs/${id}` }, job);
  }

  query(name: string, question: string): Promise<QueryAnswer> {
    return this.http.json({ method: 'POST', path: `${pathOf(name)}/query`, body: { query: question }, timeoutMs: 120_000 }, queryAnswer);
  }
}

function pathOf(collectionName: string): string {
  return `${root}/collections/${encodeURIComponent(collectionName)}`;
}
