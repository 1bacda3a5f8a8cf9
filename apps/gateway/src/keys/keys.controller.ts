import { Body, Controller, Delete, Get, Headers, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Page } from '@faas/api';
import { Access, Answers } from '@faas/bootstrap';
import { issuedKey, keyPage, keyParams, keyQuery, keyRequest, type IssuedKey, type KeyCard, type KeyParams, type KeyQuery, type KeyRequest } from '@faas/gateway-contract';
import { KeysService } from './keys.service';

@ApiTags('Keys')
@Controller('keys')
export class KeysController {
  constructor(private readonly keys: KeysService) {}

  @Post()
  @Access('keys:manage')
  @Answers(201, issuedKey, 'Issue a key. Its credential is shown only here.')
  issue(@Body({ schema: keyRequest }) body: KeyRequest, @Headers('idempotency-key') idempotencyKey?: string): Promise<IssuedKey> {
    return this.keys.issue(body, idempotencyKey);
  }

  @Get()
  @Access('keys:manage')
  @Answers(200, keyPage, 'List keys, newest first, revoked and ended ones included.')
  list(@Query({ schema: keyQuery }) query: KeyQuery): Promise<Page<KeyCard>> {
    return this.keys.list(query);
  }

  @Delete(':key')
  @Access('keys:manage')
  @Answers(204, null, 'Revoke a key; within 30 s no service takes it any more.')
  revoke(@Param({ schema: keyParams }) { key }: KeyParams): Promise<void> {
    return this.keys.revoke(key);
  }
}
