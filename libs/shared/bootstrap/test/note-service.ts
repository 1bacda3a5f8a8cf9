import { Body, Controller, Get, Module, Param, Post } from '@nestjs/common';
import { type StreamFrame } from '@faas/api';
import { commonVariables } from '@faas/config';
import { AppError } from '@faas/errors';
import { requireTenant } from '@faas/request-context';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { Access, Answers, EventStream, Idempotent, IdempotencyStore, type IdempotencyState, type ServiceDefinition, type StoredAnswer } from '../src/index';

const createNote = z.strictObject({ text: z.string().min(1), stream: z.boolean().optional() });
type CreateNote = z.infer<typeof createNote>;
const note = z.object({ id: z.string(), text: z.string(), tenant: z.string() }).meta({ id: 'Note' });

/** What the specs observe from outside. */
export const observed = { created: 0, closed: 0 };

@Controller()
class NoteController {
  @Post('notes')
  @Access('rag:write')
  @Idempotent()
  @Answers(201, note, 'Create a note.')
  async create(@Body({ schema: createNote }) body: CreateNote) {
    if (body.text === 'boom') throw new TypeError('internal detail');
    if (body.text === 'conflict') throw new AppError('CONFLICT', 'Exists.', { retryAfterMs: 1_500 });
    observed.created += 1;
    if (body.text === 'begun') throw new AppError('CONFLICT', `Begun ${observed.created}.`, { keepsIdempotencyKey: true });
    if (body.stream) return EventStream.native(frames(body.text));
    return { id: `note-${observed.created}`, text: body.text, tenant: requireTenant(), internalColumn: 'never leaves' };
  }

  @Get('notes/:id')
  @Access('public')
  @Answers(200, note, 'Read a note.')
  async get(@Param({ schema: z.object({ id: z.string().max(5) }) }) { id }: { id: string }) {
    if (id === 'slow') await sleep(2_000);
    return { id, text: 't', tenant: 'none' };
  }
}

async function* frames(text: string): AsyncGenerator<StreamFrame> {
  if (text === 'early') throw new AppError('CONFLICT', 'Before the first frame.');
  try {
    yield { event: 'started', data: { text } };
    if (text === 'late') throw new AppError('CONFLICT', 'After the first frame.');
    if (text === 'slow') await sleep(150);
    yield { event: 'delta', data: { text: 'line\nbreak' } };
    yield { event: 'done', data: {} };
  } finally {
    observed.closed += 1;
  }
}

@Module({ controllers: [NoteController] })
class NoteModule {}

/** Keeps answers in this process: enough for the interceptor's own tests. */
class FakeIdempotencyStore extends IdempotencyStore {
  private readonly entries = new Map<string, { bodyHash: string; answer?: StoredAnswer }>();

  async begin({ key, bodyHash }: { key: string; bodyHash: string }): Promise<IdempotencyState> {
    const entry = this.entries.get(key);
    if (!entry) {
      this.entries.set(key, { bodyHash });
      return { state: 'started', token: key };
    }
    if (entry.bodyHash !== bodyHash) return { state: 'other-body' };
    return entry.answer ? { state: 'answered', answer: entry.answer } : { state: 'in-progress' };
  }

  async complete(token: string, answer: StoredAnswer): Promise<void> {
    const entry = this.entries.get(token);
    if (entry) entry.answer = answer;
  }

  async abandon(token: string): Promise<void> {
    this.entries.delete(token);
  }
}

const schema = z.object({ ...commonVariables, SERVICE_PORT: z.coerce.number().default(0) });

export const noteService: ServiceDefinition<typeof schema> = {
  name: 'note-service',
  prefix: '/api/v1/notes',
  description: 'Notes, for the specs of bootstrap.',
  config: schema,
  async createParts() {
    return {
      module: { module: NoteModule },
      idempotency: new FakeIdempotencyStore(),
      healthChecks: { disk: async () => undefined },
      authenticate: async ({ authorization }) => {
        if (!authorization) throw new AppError('CREDENTIAL_MISSING', 'Send a key.');
        return { tenant: authorization.replace('Bearer ', ''), subject: 's', scopes: authorization.endsWith('reader') ? ['rag:read'] : ['rag:read', 'rag:write'] };
      },
    };
  },
};
