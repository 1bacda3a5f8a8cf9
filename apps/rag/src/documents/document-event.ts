import type { DomainEvent } from '@faas/events';
import { requireTenant } from '@faas/request-context';
import { randomUUID } from 'node:crypto';

/** `faas.rag.document.indexed` and `faas.rag.document.deleted`: ids only, a reader fetches what it may see. */
export function documentEvent(what: 'indexed' | 'deleted', data: { collectionId: string; documentId: string; version?: number }): DomainEvent {
  return { id: randomUUID(), subject: `faas.rag.document.${what}`, tenant: requireTenant(), occurredAt: new Date().toISOString(), data };
}
