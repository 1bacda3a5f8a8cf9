import 'reflect-metadata';
import { AgentClient, type ReceivedFrame } from '@faas/agent-client';
import { startHttp, type RunningService } from '@faas/bootstrap';
import { openEmbeddedPostgres } from '@faas/embedded-postgres';
import { ServiceProcess, buildService, describeOnServer } from '@faas/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientFor, SERVICE_SECRET } from '../../test/agent-harness';
import { FakeGateway } from '../../test/fake-gateway';
import { collect, eventually, readUntil } from '../../test/frames';
import { agentService } from '../agent.service-definition';

const LEASE_MS = 15_000;
/** The poll for lost work, the database's start and a busy machine. */
const SLACK_MS = 10_000;

let folder: string;
let bundle: Awaited<ReturnType<typeof buildService>>;
let gateway: FakeGateway;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agent-killed-'));
  bundle = await buildService('agent');
  gateway = await FakeGateway.start();
});
afterAll(async () => {
  await gateway.close();
  await bundle.remove();
  await rm(folder, { recursive: true, force: true });
});

function suite(databaseUrl?: string) {
  it(
    'fails as RUN_INTERRUPTED within the lease after an instance is up; the question stays and the thread goes on',
    async () => {
      const environment = {
        SERVICE_PORT: 0,
        LOG_LEVEL: 'error',
        DATA_DIR: folder,
        SERVICE_SECRET,
        GATEWAY_SERVICE_URL: gateway.url,
        ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
      };
      const tenant = `killed-${Math.random().toString(36).slice(2, 8)}`;
      const killed = await ServiceProcess.start(bundle.file, environment);
      const firstHttp = clientFor(tenant, killed.url);
      let restarted: RunningService | undefined;
      const secondHttp = () => clientFor(tenant, restarted?.url ?? '');
      try {
        const before = new AgentClient(firstHttp);
        await before.putAgent('plain', { instructions: 'Talk.' });
        gateway.answerWith(async (_body, answer) => {
          answer.text('Half of ');
          await answer.hang();
        });
        const stream = before.streamChat('plain', { message: 'Tell me all.' }, { timeoutMs: 30_000 });
        const { data } = await readUntil(stream, 'run.started');
        await readUntil(stream, 'delta');
        // The client goes on trying to reach the dead process until it is told to stop.
        void stream.return(undefined);
        await killed.kill();

        restarted = await startHttp(agentService, { environment: {}, overrides: environment, openEmbedded: openEmbeddedPostgres });
        const upAt = Date.now();
        const http = secondHttp();
        const after = new AgentClient(http);
        await expect(after.chat('plain', { message: 'Too early.', threadId: data.threadId })).rejects.toMatchObject({ code: 'THREAD_BUSY' });
        const followed: ReceivedFrame[] = [];
        const end = await (async () => {
          for await (const frame of after.followRun('plain', data.runId)) followed.push(frame);
        })().catch((error: unknown) => error);
        expect(end).toMatchObject({ code: 'RUN_INTERRUPTED' });
        expect(Date.now() - upAt).toBeLessThan(LEASE_MS + SLACK_MS);
        expect(followed.map(({ id, event }) => [id, event])).toEqual([[1, 'run.started'], [2, 'delta']]);

        const run = await eventually(() => after.getRun('plain', data.runId), ({ status }) => status !== 'running');
        expect(run).toMatchObject({ status: 'failed', error: { code: 'RUN_INTERRUPTED' }, message: null });
        expect((await after.listMessages('plain', data.threadId)).data).toMatchObject([{ role: 'user', content: 'Tell me all.' }]);
        gateway.reset();
        expect(await after.chat('plain', { message: 'Once more.', threadId: data.threadId })).toMatchObject({ status: 'succeeded' });
        expect(gateway.requests.at(-1)?.body.messages.map(({ content }) => content)).toEqual(['Talk.', 'Tell me all.', 'Once more.']);
        expect(await collect(after.followRun('plain', data.runId)).catch((error: unknown) => error)).toMatchObject({ code: 'RUN_INTERRUPTED' });
        await http.close();
      } finally {
        await killed.kill();
        await restarted?.close();
        await firstHttp.close();
      }
    },
    90_000,
  );
}

describe('a chat whose process was killed, embedded database', () => suite());
describeOnServer('TEST_DATABASE_URL', 'a chat whose process was killed, PostgreSQL', (url) => suite(url));
