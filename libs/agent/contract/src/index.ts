export {
  agent,
  agentInput,
  agentLimits,
  agentPage,
  agentPatch,
  agentReplacement,
  agentTool,
  retrievalTool,
  type Agent,
  type AgentInput,
  type AgentLimits,
  type AgentPatch,
  type AgentReplacement,
  type AgentTool,
  type RetrievalTool,
} from './agent';
export { agentName, agentReference, reservedAgentNames } from './agent-name';
export { chatAnswer, chatInput, usage, type ChatAnswer, type ChatInput, type Usage } from './chat';
export { run, runError, runEvent, runEventPage, runStatus, type Run, type RunError, type RunEvent, type RunStatus } from './run';
export { endsRun, runFrame, type RunFrame, type RunFrameType } from './run-frame';
export { message, messagePage, thread, threadPage, type Message, type Thread } from './thread';
