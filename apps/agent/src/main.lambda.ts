import { serveLambda } from '@faas/bootstrap';
import { agentService } from './agent.service-definition';

export const { handler } = serveLambda(agentService);
