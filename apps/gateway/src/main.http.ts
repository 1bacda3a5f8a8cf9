import 'reflect-metadata';
import { serveHttp } from '@faas/bootstrap';
import { openEmbeddedPostgres } from '@faas/embedded-postgres';
import { gatewayService } from './gateway.service-definition';

serveHttp(gatewayService, { openEmbedded: openEmbeddedPostgres });
