import { toPage, type Page, type PageQuery } from '@faas/api';
import { Database, pagedByCreation } from '@faas/database';
import { storableJson, storableText } from '../runs/storable-json';
import { MessageEntity } from './message.entity';

export type NewMessage = Omit<MessageEntity, 'createdAt'>;

/** Messages of threads, in the order they were said. Everything happens inside the caller's transaction. */
export class MessageStore {
  constructor(private readonly database: Database) {}

  async append({ id, threadId, runId, role, content, citations }: NewMessage): Promise<void> {
    await this.database.manager.query(`INSERT INTO agent.messages (id, thread_id, run_id, role, content, citations) VALUES ($1, $2, $3, $4, $5, $6::jsonb)`, [
      id,
      threadId,
      runId,
      role,
      storableText(content),
      storableJson(citations),
    ]);
  }

  /** The newest messages, oldest first. */
  async newest(threadId: string, limit: number): Promise<MessageEntity[]> {
    const messages = await this.database.manager.find(MessageEntity, { where: { threadId }, order: { id: 'DESC' }, take: limit });
    return messages.reverse();
  }

  /** Newest first. @throws AppError CURSOR_INVALID. */
  async list(threadId: string, page: PageQuery): Promise<Page<MessageEntity>> {
    return toPage(await pagedByCreation(this.database.manager, MessageEntity, { where: { threadId }, ...page }), page.limit);
  }
}
