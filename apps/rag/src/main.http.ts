import 'reflect-metadata';
import { serveHttp } from '@faas/bootstrap';
import { openEmbeddedPostgres } from '@faas/embedded-postgres';
import { ragService } from './rag.service-definition';

serveHttp(ragService, { openEmbedded: openEmbeddedPostgres });
