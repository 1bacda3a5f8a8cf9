import { pageOf, type Page } from '@faas/api';
import { errorFromBody, remoteError, type HttpClient, type HttpRequest, type HttpResponse } from '@faas/http-client';
import {
  acceptedDocument,
  collection,
  document,
  finalJobStatuses,
  job,
  queryAnswer,
  searchAnswer,
  type AcceptedDocument,
  type Collection,
  type Document,
  type Job,
  type QueryAnswer,
  type QueryFrame,
  type SearchAnswer,
  type SearchInput,
} from '@faas/rag-contract';
import { setTimeout as sleep } from 'node:timers/promises';
import { queryFrameOf } from './query-frames';
import type { CallOptions, CollectionChanges, CollectionDefinition, FileUpload, JobOptions, ListOptions, NewCollection, Question, TextOrUrl, VersionOptions } from './rag-client.types';

const ROOT = '/api/v1/rag';
/** Fetching and checking a document takes longer than other calls. */
const UPLOAD_TIMEOUT_MS = 120_000;
const MODEL_TIMEOUT_MS = 840_000;
const MAX_DOCUMENT_BYTES = 256 * 1024 * 1024;
const POLL_MS = 200;

/**
 * Calls the rag service. Every method throws AppError with the service's own code, or what HttpClient throws when it is
 * out of reach. Collections are named by id or name.
 *
 * @example
 * const rag = new RagClient(new HttpClient({ name: 'rag-service', baseUrl: 'http://localhost:8082', logger }));
 * const { passages } = await rag.search('handbook', { query: 'How are keys revoked?' });
 */
export class RagClient {
  constructor(private readonly http: HttpClient) {}

  createCollection(input: NewCollection, options: CallOptions = {}): Promise<Collection> {
    return this.http.json({ method: 'POST', path: `${ROOT}/collections`, body: input, ...options }, collection);
  }

  /** Creates the collection of this name, or changes what is given. */
  putCollection(name: string, input: CollectionDefinition = {}, options: CallOptions = {}): Promise<Collection> {
    return this.http.json({ method: 'PUT', path: pathOf(name), body: input, ...options }, collection);
  }

  patchCollection(reference: string, changes: CollectionChanges, options: CallOptions = {}): Promise<Collection> {
    return this.http.json({ method: 'PATCH', path: pathOf(reference), body: changes, ...options }, collection);
  }

  getCollection(reference: string, options: CallOptions = {}): Promise<Collection> {
    return this.http.json({ method: 'GET', path: pathOf(reference), ...options }, collection);
  }

  listCollections({ limit, after, ...options }: ListOptions = {}): Promise<Page<Collection>> {
    return this.http.json({ method: 'GET', path: `${ROOT}/collections`, query: { limit, after }, ...options }, pageOf(collection));
  }

  deleteCollection(reference: string, options: CallOptions = {}): Promise<void> {
    return this.discard({ method: 'DELETE', path: pathOf(reference), ...options });
  }

  /** Uploads a text, or has the service fetch a URL. Safe to repeat: the same again is `unchanged` or `duplicate`. */
  addDocument(reference: string, input: TextOrUrl, options: CallOptions = {}): Promise<AcceptedDocument> {
    return this.http.json({ method: 'POST', path: pathOf(reference, 'documents'), body: input, idempotent: true, timeoutMs: UPLOAD_TIMEOUT_MS, ...options }, acceptedDocument);
  }

  /** Uploads a file as it is. Safe to repeat, as addDocument. */
  addFile(reference: string, { name, bytes, type, metadata, ...fields }: FileUpload, options: CallOptions = {}): Promise<AcceptedDocument> {
    const form = new FormData();
    for (const [field, value] of Object.entries(fields)) if (value !== undefined) form.set(field, String(value));
    if (metadata) form.set('metadata', JSON.stringify(metadata));
    form.set('file', new Blob([Uint8Array.from(bytes)], type ? { type } : {}), name);
    return this.http.json({ method: 'POST', path: pathOf(reference, 'documents'), rawBody: form, idempotent: true, timeoutMs: UPLOAD_TIMEOUT_MS, ...options }, acceptedDocument);
  }

  getDocument(reference: string, id: string, options: CallOptions = {}): Promise<Document> {
    return this.http.json({ method: 'GET', path: pathOf(reference, 'documents', id), ...options }, document);
  }

  listDocuments(reference: string, { limit, after, externalId, ...options }: ListOptions & { externalId?: string } = {}): Promise<Page<Document>> {
    return this.http.json({ method: 'GET', path: pathOf(reference, 'documents'), query: { limit, after, externalId }, ...options }, pageOf(document));
  }

  deleteDocument(reference: string, id: string, options: CallOptions = {}): Promise<void> {
    return this.discard({ method: 'DELETE', path: pathOf(reference, 'documents', id), ...options });
  }

  /** The canonical text: what `start` and `end` of passages and citations count in, by Unicode code points. */
  async content(reference: string, id: string, { version, ...options }: VersionOptions = {}): Promise<string> {
    return (await this.send({ method: 'GET', path: pathOf(reference, 'documents', id, 'content'), query: { version }, ...options })).text(MAX_DOCUMENT_BYTES);
  }

  /** The bytes that were uploaded. */
  async original(reference: string, id: string, { version, ...options }: VersionOptions = {}): Promise<Uint8Array> {
    return (await this.send({ method: 'GET', path: pathOf(reference, 'documents', id, 'original'), query: { version }, ...options })).bytes(MAX_DOCUMENT_BYTES);
  }

  getJob(id: string, options: CallOptions = {}): Promise<Job> {
    return this.http.json({ method: 'GET', path: `${ROOT}/jobs/${encodeURIComponent(id)}`, ...options }, job);
  }

  cancelJob(id: string, options: CallOptions = {}): Promise<Job> {
    return this.http.json({ method: 'POST', path: `${ROOT}/jobs/${encodeURIComponent(id)}/cancel`, idempotent: true, ...options }, job);
  }

  /** Asks until the job is in a final state; `signal` ends the waiting, not the job. */
  async finishedJob(id: string, { onProgress, ...options }: JobOptions = {}): Promise<Job> {
    for (;;) {
      const current = await this.getJob(id, options);
      onProgress?.(current);
      if (finalJobStatuses.includes(current.status)) return current;
      await sleep(POLL_MS, undefined, { signal: options.signal });
    }
  }

  search(reference: string, input: SearchInput, options: CallOptions = {}): Promise<SearchAnswer> {
    return this.http.json({ method: 'POST', path: pathOf(reference, 'search'), body: input, idempotent: true, ...options }, searchAnswer);
  }

  /** Asks and waits for the whole answer. */
  query(reference: string, input: Question, options: CallOptions = {}): Promise<QueryAnswer> {
    return this.http.json({ method: 'POST', path: pathOf(reference, 'query'), body: input, timeoutMs: MODEL_TIMEOUT_MS, idleTimeoutMs: MODEL_TIMEOUT_MS, ...options }, queryAnswer);
  }

  /** Asks and yields the answer as it is written. Frames of types this version does not know are skipped. @throws AppError the error of the last frame. */
  async *streamQuery(reference: string, input: Question, options: CallOptions = {}): AsyncGenerator<QueryFrame> {
    const request: HttpRequest = { method: 'POST', path: pathOf(reference, 'query'), body: { ...input, stream: true }, headers: { accept: 'text/event-stream' }, ...options };
    for await (const event of this.http.events(request, { until: ({ event: type }) => type === 'done' || type === 'error' })) {
      if (event.event === 'error') throw errorFromBody(JSON.parse(event.data), { name: this.http.name });
      const frame = queryFrameOf(event, this.http.name);
      if (frame) yield frame;
    }
  }

  private async send(request: HttpRequest): Promise<HttpResponse> {
    const response = await this.http.send(request);
    if (!response.ok) throw await remoteError(response, this.http.name);
    return response;
  }

  private async discard(request: HttpRequest): Promise<void> {
    await (await this.send(request)).discard();
  }
}

function pathOf(collectionReference: string, ...parts: readonly string[]): string {
  return [ROOT, 'collections', ...[collectionReference, ...parts].map(encodeURIComponent)].join('/');
}
