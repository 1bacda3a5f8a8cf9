import type { Message, Thread } from '@faas/agent-contract';
import type { Page, PageQuery } from '@faas/api';
import { Database } from '@faas/database';
import { AgentStore } from '../agents/agent.store';
import type { MessageEntity } from './message.entity';
import { MessageStore } from './message.store';
import type { ThreadEntity } from './thread.entity';
import { ThreadStore } from './thread.store';

/** What people said to an agent, and what it answered. */
export class ThreadsService {
  constructor(
    private readonly database: Database,
    private readonly agents: AgentStore,
    private readonly threads: ThreadStore,
    private readonly messages: MessageStore,
  ) {}

  list(agent: string, page: PageQuery): Promise<Page<Thread>> {
    return this.database.inTenant(async () => {
      const { id } = await this.agents.get(agent);
      const { data, ...rest } = await this.threads.list(id, page);
      return { ...rest, data: data.map(toThread) };
    });
  }

  get(agent: string, thread: string): Promise<Thread> {
    return this.database.inTenant(async () => {
      const { id } = await this.agents.get(agent);
      return toThread(await this.threads.get(id, thread));
    });
  }

  delete(agent: string, thread: string): Promise<void> {
    return this.database.inTenant(async () => {
      const { id } = await this.agents.get(agent);
      await this.threads.delete(id, thread);
    });
  }

  messagesOf(agent: string, thread: string, page: PageQuery): Promise<Page<Message>> {
    return this.database.inTenant(async () => {
      const { id } = await this.agents.get(agent);
      await this.threads.get(id, thread);
      const { data, ...rest } = await this.messages.list(thread, page);
      return { ...rest, data: data.map(toMessage) };
    });
  }
}

function toThread({ createdAt, updatedAt, ...thread }: ThreadEntity): Thread {
  return { ...thread, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}

function toMessage({ createdAt, ...message }: MessageEntity): Message {
  return { ...message, createdAt: createdAt.toISOString() };
}
