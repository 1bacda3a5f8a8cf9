import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { ServiceDefinition } from '../service-definition';

/** The service's OpenAPI 3 document, made from the same schemas that validate. */
export function createOpenApiDocument(app: INestApplication, definition: Pick<ServiceDefinition, 'name' | 'description'>): OpenAPIObject {
  const options = new DocumentBuilder().setTitle(definition.name).setDescription(definition.description).setVersion('1').addBearerAuth({ type: 'http', scheme: 'bearer', description: 'A key: faas_…' }).addSecurityRequirements('bearer').build();
  return SwaggerModule.createDocument(app, options, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
}
