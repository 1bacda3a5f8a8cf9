export { EmbeddedDatabaseError, type EmbeddedDatabaseErrorCode } from './embedded-database-error';
export { type PgModule } from './driver';
export { openEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresLogger, type EmbeddedPostgresOptions } from './open-embedded-postgres';
export { openTemporaryPostgres } from './open-temporary-postgres';
