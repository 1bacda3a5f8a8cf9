import { serveHttp } from '@faas/bootstrap';
import { openEmbeddedPostgres } from '@faas/embedded-postgres';
import { agentService } from './agent.service-definition';

serveHttp(agentService, { openEmbedded: openEmbeddedPostgres });
