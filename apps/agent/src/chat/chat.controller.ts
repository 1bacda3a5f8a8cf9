import { Body, Controller, Param, Post } from '@nestjs/common';
import { agentParams, chatAnswer, chatInput, type AgentParams, type ChatInput } from '@faas/agent-contract';
import { Access, Answers, EventStream, Idempotent } from '@faas/bootstrap';
import { ChatService } from './chat.service';

@Controller()
export class ChatController {
  constructor(private readonly chats: ChatService) {}

  @Post(':agent/chat')
  @Access('agents:use')
  @Idempotent()
  @Answers(200, chatAnswer, 'Say something to an agent. With `stream: true` the answer is an event stream.')
  chat(@Param({ schema: agentParams }) { agent }: AgentParams, @Body({ schema: chatInput }) body: ChatInput) {
    return body.stream ? EventStream.native(this.chats.stream(agent, body)) : this.chats.answer(agent, body);
  }
}
