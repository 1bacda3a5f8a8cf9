import { Body, Controller, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Access, Answers, EventStream, Idempotent } from '@faas/bootstrap';
import { collectionReference, queryAnswer, queryRequest, type CollectionReference, type QueryAnswer, type QueryRequest } from '@faas/rag-contract';
import { QueryService } from './query.service';

@ApiTags('Query')
@Controller('collections/:collection/query')
export class QueryController {
  constructor(private readonly queries: QueryService) {}

  @Post()
  @Access('rag:read')
  @Idempotent()
  @Answers(200, queryAnswer, 'Answer a question from the documents, as JSON or, with `stream: true`, as server-sent events.')
  query(@Param({ schema: collectionReference }) { collection }: CollectionReference, @Body({ schema: queryRequest }) body: QueryRequest): EventStream | Promise<QueryAnswer> {
    return body.stream ? EventStream.native(this.queries.stream(collection, body)) : this.queries.answer(collection, body);
  }
}
