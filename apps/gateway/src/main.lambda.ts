import 'reflect-metadata';
import { serveLambda } from '@faas/bootstrap';
import { gatewayService } from './gateway.service-definition';

export const { handler } = serveLambda(gatewayService);
