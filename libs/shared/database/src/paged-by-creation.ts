import { AppError } from '@faas/errors';
import { LessThan, type EntityManager, type EntityTarget, type FindOptionsWhere, type ObjectLiteral } from 'typeorm';

export interface PageRequest<Entity> {
  /** Narrows the list, for example to one thread. */
  readonly where?: FindOptionsWhere<Entity>;
  readonly limit: number;
  /** Id of the last item of the page before. */
  readonly after?: string;
}

/**
 * One page of a list, newest first, and one surplus row that tells whether more follow (`toPage` in @faas/api). Ids are
 * UUIDv7, so their order is that of creation. Inside inTenant.
 *
 * @throws AppError CURSOR_INVALID when `after` is not an id in this list.
 */
export async function pagedByCreation<Entity extends ObjectLiteral & { id: string }>(manager: EntityManager, entity: EntityTarget<Entity>, { where, limit, after }: PageRequest<Entity>): Promise<Entity[]> {
  const repository = manager.getRepository(entity);
  const inList = (id: unknown) => ({ ...where, ...(id === undefined ? {} : { id }) }) as FindOptionsWhere<Entity>;
  if (after !== undefined && !(await repository.existsBy(inList(after)))) {
    throw new AppError('CURSOR_INVALID', '"after" is not an id in this list. Use the "lastId" of the page before.');
  }
  return repository.find({ where: inList(after === undefined ? undefined : LessThan(after)), order: { id: 'DESC' } as never, take: limit + 1 });
}
