export {
  agent,
  agentInput,
  agentLimits,
  agentPage,
  agentParams,
  agentPatch,
  agentReplacement,
  agentTool,
  retrievalTool,
  type Agent,
  type AgentInput,
  type AgentLimits,
  type AgentParams,
  type AgentPatch,
  type AgentReplacement,
  type AgentTool,
  type RetrievalTool,
} from './agent';
export { agentName, agentReference, reservedAgentNames } from './agent-name';
export { chatAnswer, chatInput, usage, type ChatAnswer, type ChatInput, type Usage } from './chat';
export {
  lastEventId,
  run,
  runError,
  runEvent,
  runEventPage,
  runEventsQuery,
  runParams,
  runStatus,
  type Run,
  type RunError,
  type RunEvent,
  type RunEventsQuery,
  type RunParams,
  type RunStatus,
} from './run';
export { endsRun, runFrame, type RunFrame, type RunFrameType } from './run-frame';
export { message, messagePage, thread, threadPage, threadParams, type Message, type Thread, type ThreadParams } from './thread';
