import { Body, Controller, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Access, Answers, Idempotent } from '@faas/bootstrap';
import { embeddingAnswer, embeddingRequest, type EmbeddingAnswer, type EmbeddingRequest } from '@faas/gateway-contract';
import type { FastifyReply } from 'fastify';
import { modelHeaders } from '../calls/model-headers';
import { EmbeddingsService } from './embeddings.service';
import { OpenAiErrors } from '../openai-errors.decorator';

@ApiTags('OpenAI-compatible')
@Controller('v1/embeddings')
export class EmbeddingsController {
  constructor(private readonly embeddings: EmbeddingsService) {}

  @Post()
  @Access('gateway:use')
  @Idempotent()
  @OpenAiErrors()
  @Answers(200, embeddingAnswer, 'Turn texts into vectors.')
  async create(@Body({ schema: embeddingRequest }) body: EmbeddingRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<EmbeddingAnswer> {
    const { model, answer } = await this.embeddings.embed(body);
    reply.headers(modelHeaders(model));
    return answer;
  }
}
