/**
 * Turns texts into vectors of one space.
 *
 * Promise: one vector per text, in order, all of the same length, finite numbers. Errors: AppError of the model's provider,
 * or SERVICE_UNAVAILABLE. Deadline: the current request's or 60 s. Never inside a transaction.
 */
export abstract class Embedder {
  /** Identity of the space: vectors of different models are never compared. */
  abstract readonly model: string;
  abstract embed(texts: readonly string[]): Promise<number[][]>;
}
