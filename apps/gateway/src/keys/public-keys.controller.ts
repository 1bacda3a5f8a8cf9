import { Controller, Get, Headers, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Access, Answers } from '@faas/bootstrap';
import { keySet, revocations, type KeySet, type Revocations } from '@faas/gateway-contract';
import type { FastifyReply } from 'fastify';
import { KeysService } from './keys.service';

/** What other services need to check keys: open, small, and without a word about tenants. */
@ApiTags('Keys')
@Controller()
export class PublicKeysController {
  constructor(private readonly keys: KeysService) {}

  @Get('.well-known/jwks.json')
  @Access('public')
  @Answers(200, keySet, 'The public keys that verify keys.')
  jwks(@Res({ passthrough: true }) reply: FastifyReply): KeySet {
    reply.header('cache-control', 'public, max-age=60');
    return this.keys.publicKeys();
  }

  @Get('auth/revocations')
  @Access('public')
  @Answers(200, revocations, 'Ids of revoked keys that have not ended; 304 for a known ETag.')
  async revocations(@Headers('if-none-match') known: string | undefined, @Res({ passthrough: true }) reply: FastifyReply): Promise<Revocations | undefined> {
    const { body, etag } = await this.keys.revocations();
    reply.headers({ etag, 'cache-control': 'no-cache' });
    if (known?.split(',').some((tag) => tag.trim() === etag || tag.trim() === '*') !== true) return body;
    reply.status(304);
    return undefined;
  }
}
