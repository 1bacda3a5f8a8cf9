import { Body, Controller, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Access, Answers, EventStream, Idempotent } from '@faas/bootstrap';
import { chatCompletion, chatCompletionRequest, type ChatCompletion, type ChatCompletionRequest } from '@faas/gateway-contract';
import type { FastifyReply } from 'fastify';
import { modelHeaders } from '../calls/model-headers';
import { ChatService } from './chat.service';
import { OpenAiErrors } from '../openai-errors.decorator';

@ApiTags('OpenAI-compatible')
@Controller('v1/chat/completions')
export class ChatController {
  constructor(private readonly chat: ChatService) {}

  @Post()
  @Access('gateway:use')
  @Idempotent()
  @OpenAiErrors()
  @Answers(200, chatCompletion, 'Answer a conversation; with `stream: true` as server-sent chunks.')
  async create(@Body({ schema: chatCompletionRequest }) body: ChatCompletionRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<ChatCompletion | EventStream> {
    const answer = await this.chat.answer(body);
    const headers = modelHeaders(answer.model);
    if (answer.kind === 'stream') return EventStream.openai(answer.chunks, { headers });
    reply.headers(headers);
    return answer.completion;
  }
}
