import { Body, Controller, Delete, Get, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { pageQuery, type Page, type PageQuery } from '@faas/api';
import { Access, Answers, Idempotent } from '@faas/bootstrap';
import {
  collection as collectionSchema,
  collectionPage,
  collectionReference,
  createCollectionRequest,
  patchCollectionRequest,
  putCollectionRequest,
  type Collection,
  type CollectionReference,
  type CreateCollectionRequest,
  type PatchCollectionRequest,
  type PutCollectionRequest,
} from '@faas/rag-contract';
import { CollectionsService } from './collections.service';

@ApiTags('Collections')
@Controller('collections')
export class CollectionsController {
  constructor(private readonly collections: CollectionsService) {}

  @Post()
  @Access('rag:write')
  @Idempotent()
  @Answers(201, collectionSchema, 'Create a collection.')
  create(@Body({ schema: createCollectionRequest }) body: CreateCollectionRequest): Promise<Collection> {
    return this.collections.create(body);
  }

  @Get()
  @Access('rag:read')
  @Answers(200, collectionPage, 'List collections, newest first.')
  list(@Query({ schema: pageQuery }) query: PageQuery): Promise<Page<Collection>> {
    return this.collections.list(query);
  }

  @Get(':collection')
  @Access('rag:read')
  @Answers(200, collectionSchema, 'Get a collection.')
  get(@Param({ schema: collectionReference }) { collection }: CollectionReference): Promise<Collection> {
    return this.collections.get(collection);
  }

  @Put(':collection')
  @Access('rag:write')
  @Answers(200, collectionSchema, 'Create a collection by its name, or change it.')
  put(@Param({ schema: collectionReference }) { collection }: CollectionReference, @Body({ schema: putCollectionRequest }) body: PutCollectionRequest): Promise<Collection> {
    return this.collections.put(collection, body);
  }

  @Patch(':collection')
  @Access('rag:write')
  @Answers(200, collectionSchema, 'Change title or settings.')
  patch(@Param({ schema: collectionReference }) { collection }: CollectionReference, @Body({ schema: patchCollectionRequest }) body: PatchCollectionRequest): Promise<Collection> {
    return this.collections.patch(collection, body);
  }

  @Delete(':collection')
  @Access('rag:write')
  @Answers(204, null, 'Delete a collection with everything in it.')
  delete(@Param({ schema: collectionReference }) { collection }: CollectionReference): Promise<void> {
    return this.collections.delete(collection);
  }
}
