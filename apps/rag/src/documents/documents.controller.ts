import { Body, Controller, Delete, Get, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { Page } from '@faas/api';
import { Access, Answers, Idempotent } from '@faas/bootstrap';
import {
  acceptedDocument,
  collectionReference,
  document as documentSchema,
  documentPage,
  documentPageQuery,
  documentReference,
  versionQuery,
  type AcceptedDocument,
  type CollectionReference,
  type Document,
  type DocumentPageQuery,
  type DocumentReference,
  type VersionQuery,
} from '@faas/rag-contract';
import { DocumentsService } from './documents.service';
import { uploadBody, type UploadBody } from './upload-body';

@ApiTags('Documents')
@Controller('collections/:collection/documents')
export class DocumentsController {
  constructor(private readonly documents: DocumentsService) {}

  @Post()
  @Access('rag:write')
  @Idempotent()
  @ApiConsumes('application/json', 'multipart/form-data')
  @Answers(202, acceptedDocument, 'Upload a document: text, a public URL, or a file as multipart. The same external id is a new version.')
  add(@Param({ schema: collectionReference }) { collection }: CollectionReference, @Body({ schema: uploadBody }) body: UploadBody): Promise<AcceptedDocument> {
    return this.documents.add(collection, body);
  }

  @Get()
  @Access('rag:read')
  @Answers(200, documentPage, 'List documents, newest first.')
  list(@Param({ schema: collectionReference }) { collection }: CollectionReference, @Query({ schema: documentPageQuery }) query: DocumentPageQuery): Promise<Page<Document>> {
    return this.documents.list(collection, query);
  }

  @Get(':document')
  @Access('rag:read')
  @Answers(200, documentSchema, 'Get a document.')
  get(@Param({ schema: documentReference }) { collection, document }: DocumentReference): Promise<Document> {
    return this.documents.get(collection, document);
  }

  @Get(':document/content')
  @Access('rag:read')
  @Answers(200, null, 'Get the canonical text that offsets refer to.')
  async content(@Param({ schema: documentReference }) { collection, document }: DocumentReference, @Query({ schema: versionQuery }) { version }: VersionQuery): Promise<StreamableFile> {
    const { text } = await this.documents.content(collection, document, version);
    return new StreamableFile(Buffer.from(text, 'utf8'), { type: 'text/plain; charset=utf-8' });
  }

  @Get(':document/original')
  @Access('rag:read')
  @Answers(200, null, 'Get the bytes that were uploaded.')
  async original(@Param({ schema: documentReference }) { collection, document }: DocumentReference, @Query({ schema: versionQuery }) { version }: VersionQuery): Promise<StreamableFile> {
    const { bytes } = await this.documents.original(collection, document, version);
    // Never rendered: an HTML document of someone else must not run in this origin.
    return new StreamableFile(bytes, { type: 'application/octet-stream', disposition: 'attachment' });
  }

  @Delete(':document')
  @Access('rag:write')
  @Answers(204, null, 'Delete a document with everything made of it.')
  delete(@Param({ schema: documentReference }) { collection, document }: DocumentReference): Promise<void> {
    return this.documents.delete(collection, document);
  }
}
