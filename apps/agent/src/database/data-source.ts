import { AgentEntity } from '../agents/agent.entity';
import { RunEventEntity } from '../runs/run-event.entity';
import { RunStepEntity } from '../runs/run-step.entity';
import { RunEntity } from '../runs/run.entity';
import { MessageEntity } from '../threads/message.entity';
import { ThreadEntity } from '../threads/thread.entity';
import { AgentsThreadsAndRuns1764000000000 } from './migrations/1764000000000-agents-threads-and-runs';

/** By class, not by path: a bundle has no folders. */
export const entities = [AgentEntity, ThreadEntity, MessageEntity, RunEntity, RunEventEntity, RunStepEntity];
export const migrations = [AgentsThreadsAndRuns1764000000000];
