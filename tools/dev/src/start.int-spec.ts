import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts, RunningSystem } from '@faas/testing';

const root = join(__dirname, '../../..');

interface Citation {
  collection: string;
  documentId: string;
  version: number;
  start: number;
  end: number;
  quote: string;
}

/** The whole system as a newcomer meets it: the command, the documentation, questions, sudden deaths. */
describe('npm start', () => {
  let folder: string;
  let dataDir: string;
  let url: string;
  let environment: NodeJS.ProcessEnv;
  let system: RunningSystem;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'faas-start-'));
    dataDir = join(folder, 'data');
    const [edge, agent, gateway, rag] = await freePorts(4);
    url = `http://localhost:${edge}`;
    environment = { EDGE_PORT: String(edge), AGENT_PORT: String(agent), GATEWAY_PORT: String(gateway), RAG_PORT: String(rag), DATA_DIR: dataDir, DATABASE_URL: '', REDIS_URL: '', NODE_OPTIONS: '', FORCE_COLOR: undefined, NO_COLOR: '1' };
    system = await RunningSystem.start({ root, environment });
  }, 180_000);

  afterAll(async () => {
    await system?.stop();
    await rm(folder, { recursive: true, force: true });
  }, 30_000);

  function run(...args: string[]): Promise<{ code: number; output: string; stdout: string }> {
    return new Promise((resolve) => {
      const options = { cwd: root, env: { ...process.env, ...environment, FAAS_URL: url, INIT_CWD: folder }, timeout: 120_000 };
      execFile(process.execPath, [join(root, 'tools/launch.mjs'), ...args], options, (error, stdout, stderr) => resolve({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, output: stdout + stderr, stdout }));
    });
  }

  async function call<T>(method: string, path: string, body?: unknown): Promise<{ status: number; body: T }> {
    const answer = await fetch(`${url}${path}`, { method, headers: body === undefined ? {} : { 'content-type': 'application/json' }, body: body === undefined ? undefined : JSON.stringify(body) });
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? undefined : JSON.parse(text)) as T };
  }

  const runFile = () => JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as { pid: number; services: Record<string, { pid: number }> };
  const alive = (pid: number) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  async function until(what: string, condition: () => boolean | Promise<boolean>, deadlineMs = 60_000): Promise<void> {
    for (const end = Date.now() + deadlineMs; !(await condition()); await sleep(100)) if (Date.now() > end) throw new Error(`Waited in vain for: ${what}`);
  }

  it.each(['How does a request reach a model provider?', 'Where does the embedded database keep its data?', 'What may a key be used for, and how is it revoked?'])(
    'answers "%s" with citations that stand where they say',
    async (question) => {
      const { code, output, stdout } = await run('ask', '--json', '--', question);
      expect({ code, output }).toMatchObject({ code: 0 });
      const { citations, model } = JSON.parse(stdout) as { citations: Citation[]; model: string };
      expect(model).toBe('local/extractive');
      expect(citations.length).toBeGreaterThan(0);
      for (const { collection, documentId, version, start, end, quote } of citations) {
        const content = await (await fetch(`${url}/api/v1/rag/collections/${collection}/documents/${documentId}/content?version=${version}`)).text();
        expect(Array.from(content).slice(start, end).join('')).toBe(quote);
      }
    },
    60_000,
  );

  it('streams the answer as text with its citations and says which model answered', async () => {
    const { code, output } = await run('ask', '--', 'How does a request reach a model provider?');
    expect(code).toBe(0);
    expect(output).toMatch(/\[\d+\] .*\d+–\d+\n\s+“.+”/);
    expect(output.match(/built-in extractive model answered/g)).toHaveLength(1);
  }, 60_000);

  it('seeds again without changing anything', async () => {
    const before = await call('GET', '/api/v1/rag/collections/handbook');
    const { code, output } = await run('seed');
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringMatching(/handbook: \d+ unchanged\nguide: unchanged/) });
    expect(await call('GET', '/api/v1/rag/collections/handbook')).toEqual(before);
  }, 60_000);

  it('refuses a second start and a reset on the same data', async () => {
    expect(await run('dev')).toMatchObject({ code: 1, output: expect.stringContaining('already runs') });
    expect(await run('reset', '--yes')).toMatchObject({ code: 1, output: expect.stringContaining('Stop it first') });
  }, 60_000);

  it('ingests files of a folder, and says what failed', async () => {
    await writeFile(join(folder, 'good.md'), '# Tide\n\nThe tide comes in at noon.\n');
    await writeFile(join(folder, 'bad.pdf'), 'not a pdf');
    const first = await run('ingest', '--collection', 'own', folder);
    expect(first).toMatchObject({ code: 1, output: expect.stringMatching(/1 created[^]*bad\.pdf/) });
    await rm(join(folder, 'bad.pdf'));
    expect(await run('ingest', '--collection', 'own', 'good.md')).toMatchObject({ code: 0, output: expect.stringContaining('1 unchanged') });
    const { body } = await call<{ passages: { text: string }[] }>('POST', '/api/v1/rag/collections/own/search', { query: 'tide' });
    expect(body.passages[0]?.text).toContain('noon');
  }, 90_000);

  it('finishes an ingestion whose process was killed', async () => {
    const text = Array.from({ length: 3_000 }, (_, index) => `## Part ${index}\n\nThe lighthouse number ${index} blinks ${index} times a minute.\n`).join('\n');
    const { status, body } = await call<{ job: { id: string } }>('POST', '/api/v1/rag/collections/own/documents', { text, mediaType: 'text/markdown', externalId: 'lighthouses' });
    expect(status).toBe(202);
    process.kill(runFile().services.rag!.pid, 'SIGKILL');
    await until('the job', async () => (await call<{ status?: string }>('GET', `/api/v1/rag/jobs/${body.job.id}`)).body.status === 'succeeded', 90_000);
    expect(system.printed.join('\n')).toMatch(/\[rag\].*stopped \(ended by SIGKILL\)/);
  }, 120_000);

  it('comes back when the gateway and the agent were killed', async () => {
    for (const name of ['gateway', 'agent']) process.kill(runFile().services[name]!.pid, 'SIGKILL');
    const { code } = await run('ask', '--json', '--', 'Who owns a schema?');
    expect(code).toBe(0);
  }, 120_000);

  it('leaves no process behind when it is killed itself, and starts again with everything kept', async () => {
    const { pid, services } = runFile();
    const { body } = await call<{ data: { id: string; externalId: string }[] }>('GET', '/api/v1/rag/collections/handbook/documents?limit=100');
    const gone = body.data.find(({ externalId }) => externalId === 'docs/conventions.md')!;
    expect((await call('DELETE', `/api/v1/rag/collections/handbook/documents/${gone.id}`)).status).toBe(204);
    expect((await call('DELETE', '/api/v1/agents/guide')).status).toBe(204);

    process.kill(pid, 'SIGKILL');
    await until('the services to end', () => Object.values(services).every((service) => !alive(service.pid)), 20_000);
    await system.stop();
    system = await RunningSystem.start({ root, environment });

    const after = await call<{ data: { externalId: string }[] }>('GET', '/api/v1/rag/collections/handbook/documents?limit=100');
    expect(after.body.data.map(({ externalId }) => externalId).sort()).toEqual(body.data.map(({ externalId }) => externalId).filter((path) => path !== 'docs/conventions.md').sort());
    expect((await call('GET', '/api/v1/agents/guide')).status).toBe(404);
    expect((await call('GET', '/api/v1/rag/collections/own')).status).toBe(200);
  }, 180_000);

  it('ends every process when asked, and reset clears the data', async () => {
    const { pid, services } = runFile();
    expect(await system.stop('SIGINT')).toBe(130);
    expect([pid, ...Object.values(services).map((service) => service.pid)].filter(alive)).toEqual([]);
    expect(await run('reset')).toMatchObject({ code: 1, output: expect.stringContaining('--yes') });
    expect(await run('reset', '--yes')).toMatchObject({ code: 0, output: expect.stringContaining('Deleted') });
  }, 60_000);
});
