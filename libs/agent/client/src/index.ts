export { AgentClient } from './agent-client';
export { type AgentChanges, type AgentDefinition, type CallOptions, type ChatMessage, type ListOptions, type NewAgent } from './agent-client.types';
export { type ReceivedFrame } from './run-frames';
