import { newId } from '@faas/api';
import { codePointLength } from '@faas/rag-contract';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readJson, respond } from './fake-gateway';

/** The collections and the search of the rag service over real HTTP: a document is a list of sentences. */
export class FakeRag {
  readonly searches: { collection: string; query: string; headers: IncomingMessage['headers'] }[] = [];
  readonly documentId = newId('doc');
  /** Awaited before each search is answered. */
  gate: Promise<void> | undefined;

  private constructor(
    private readonly server: Server,
    readonly url: string,
    readonly collections: Record<string, readonly string[]>,
  ) {}

  static async start(collections: Record<string, readonly string[]>): Promise<FakeRag> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const fake = new FakeRag(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`, collections);
    server.on('request', (request, response) => {
      fake.handle(request, response).catch((error: Error) => response.destroy(error));
    });
    return fake;
  }

  /** The canonical text of a collection's one document. */
  textOf(collection: string): string {
    return (this.collections[collection] ?? []).join('\n');
  }

  /** Out of reach while `work` runs. */
  async pause(work: () => Promise<void>): Promise<void> {
    const { port } = this.server.address() as AddressInfo;
    await this.close();
    try {
      await work();
    } finally {
      this.server.listen(port, '127.0.0.1');
      await once(this.server, 'listening');
    }
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await readJson(request)) as { query: string; topK: number } | undefined;
    const [, name = '', search] = /^\/api\/v1\/rag\/collections\/([^/?]+)(\/search)?/.exec(request.url ?? '') ?? [];
    const sentences = this.collections[name];
    if (!sentences) return respond(response, 404, { error: { code: 'COLLECTION_NOT_FOUND', message: `There is no collection "${name}".`, requestId: 'fake' } });
    if (!search || !body) return respond(response, 200, collectionOf(name));
    this.searches.push({ collection: name, query: body.query, headers: request.headers });
    await this.gate;
    respond(response, 200, { mode: 'lexical', exhaustive: true, passages: this.find(name, sentences, body.query).slice(0, body.topK) });
  }

  private find(collection: string, sentences: readonly string[], query: string) {
    const words = new Set(query.toLowerCase().match(/\p{L}{4,}/gu));
    let start = 0;
    return sentences
      .map((text) => {
        const passage = { collection, documentId: this.documentId, version: 1, title: 'Handbook', headingPath: ['Rules'], start, end: start + codePointLength(text), text, score: 0.5 };
        start = passage.end + 1;
        return passage;
      })
      .filter(({ text }) => text.toLowerCase().match(/\p{L}{4,}/gu)?.some((word) => words.has(word)))
      .map((passage, index) => ({ ...passage, number: index + 1 }));
  }
}

function collectionOf(name: string) {
  const at = new Date(0).toISOString();
  return { id: newId('col'), name, title: null, settings: { language: 'english', chunkCharacters: 1600, chunkOverlap: 0 }, documents: 1, chunks: 1, createdAt: at, updatedAt: at };
}
