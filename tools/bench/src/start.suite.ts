import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts, RunningSystem } from '@faas/testing';
import { residentMb } from './resident-memory';
import type { Suite } from './suite';

const settledMs = 60_000;

/** How fast the system is there, how much memory it takes and how soon it begins to answer, on a data folder of its own. */
export const startSuite: Suite = {
  name: 'start',
  description: 'start on fresh data, start again, memory 60 s after that, first event of an answer',
  async run({ root, say }) {
    const dataDir = await mkdtemp(join(tmpdir(), 'faas-bench-'));
    const [edge = 0, agent = 0, gateway = 0, rag = 0] = await freePorts(4);
    const ports = { EDGE_PORT: String(edge), AGENT_PORT: String(agent), GATEWAY_PORT: String(gateway), RAG_PORT: String(rag) };
    const options = { root, environment: { ...ports, DATA_DIR: dataDir, DATABASE_URL: '', REDIS_URL: '' } };
    try {
      say('Starting on fresh data …');
      const first = await RunningSystem.start(options);
      await first.stop();
      say(`Ready after ${first.readyMs} ms. Starting again …`);
      const second = await RunningSystem.start(options);
      try {
        say(`Ready after ${second.readyMs} ms. Waiting ${settledMs / 1000} s …`);
        await sleep(settledMs);
        const { services } = JSON.parse(await readFile(join(dataDir, 'run.json'), 'utf8')) as { services: Record<string, { pid: number }> };
        const rssMb = Object.fromEntries(Object.entries(services).map(([name, { pid }]) => [name, residentMb(pid)]));
        say('Asking …');
        const firstEventMs = await firstEvent(`http://localhost:${edge}`);
        return { readyFreshMs: first.readyMs, readyAgainMs: second.readyMs, rssMb, firstEventMs };
      } finally {
        await second.stop();
      }
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  },
};

/** Milliseconds from the question to the first event that came whole. */
async function firstEvent(origin: string): Promise<number> {
  const began = performance.now();
  const answer = await fetch(`${origin}/api/v1/agents/guide/chat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message: 'How does a request reach a model provider?', stream: true }),
    signal: AbortSignal.timeout(60_000),
  });
  if (!answer.ok || !answer.body) throw new Error(`The question was answered with status ${answer.status}: ${await answer.text()}`);
  let received = '';
  let firstMs: number | undefined;
  for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
    received += chunk;
    if (firstMs === undefined && /^event: .*\n[^]*?\n\n/m.test(received)) firstMs = Math.round(performance.now() - began);
  }
  if (firstMs === undefined || !received.includes('event: run.finished')) throw new Error(`The answer did not finish:\n${received.slice(-1_000)}`);
  return firstMs;
}
