export type EmbeddedDatabaseErrorCode =
  /** Another process has the directory open. */
  | 'EMBEDDED_DATABASE_LOCKED'
  /** The directory cannot be read or written, or holds no database of this version. */
  | 'EMBEDDED_DATABASE_UNREADABLE';

/** The message is one line for a person: what is wrong and what to do. */
export class EmbeddedDatabaseError extends Error {
  override readonly name = 'EmbeddedDatabaseError';

  constructor(
    readonly code: EmbeddedDatabaseErrorCode,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}
