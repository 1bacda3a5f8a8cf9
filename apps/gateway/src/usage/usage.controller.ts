import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { pageQuery, type Page, type PageQuery } from '@faas/api';
import { Access, Answers } from '@faas/bootstrap';
import { usagePage, type UsageRecord } from '@faas/gateway-contract';
import { UsageService } from './usage.service';

@ApiTags('Usage')
@Controller('usage')
export class UsageController {
  constructor(private readonly usage: UsageService) {}

  @Get()
  @Access('gateway:use')
  @Answers(200, usagePage, "List this tenant's model calls, newest first.")
  list(@Query({ schema: pageQuery }) query: PageQuery): Promise<Page<UsageRecord>> {
    return this.usage.list(query);
  }
}
