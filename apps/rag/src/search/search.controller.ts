import { Body, Controller, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Access, Answers } from '@faas/bootstrap';
import { collectionReference, searchAnswer, searchRequest, type CollectionReference, type SearchAnswer, type SearchRequest } from '@faas/rag-contract';
import { SearchService } from './search.service';

@ApiTags('Search')
@Controller('collections/:collection/search')
export class SearchController {
  constructor(private readonly searches: SearchService) {}

  @Post()
  @Access('rag:read')
  @Answers(200, searchAnswer, 'Find passages.')
  search(@Param({ schema: collectionReference }) { collection }: CollectionReference, @Body({ schema: searchRequest }) body: SearchRequest): Promise<SearchAnswer> {
    return this.searches.search(collection, body);
  }
}
