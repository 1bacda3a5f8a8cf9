import 'reflect-metadata';
import { serveLambda } from '@faas/bootstrap';
import { ragService } from './rag.service-definition';

export const { handler } = serveLambda(ragService);
