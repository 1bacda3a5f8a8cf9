import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { pageQuery, type Page, type PageQuery } from '@faas/api';
import { Access, Answers } from '@faas/bootstrap';
import { modelList, providerPage, type ModelList, type ProviderCard } from '@faas/gateway-contract';
import { ModelsService } from './models.service';
import { OpenAiErrors } from '../openai-errors.decorator';

@Controller()
export class ModelsController {
  constructor(private readonly models: ModelsService) {}

  @Get('v1/models')
  @ApiTags('OpenAI-compatible')
  @Access('gateway:use')
  @OpenAiErrors()
  @Answers(200, modelList, 'List the models of all configured providers.')
  list(): Promise<ModelList> {
    return this.models.models();
  }

  @Get('providers')
  @ApiTags('Providers')
  @Access('gateway:use')
  @Answers(200, providerPage, 'List the providers and which of them is the default.')
  providers(@Query({ schema: pageQuery }) query: PageQuery): Promise<Page<ProviderCard>> {
    return this.models.providers(query);
  }
}
