import { ApiResponse } from '@nestjs/swagger';
import { openAiError } from '@faas/gateway-contract';

/** Says in the OpenAPI document that a route answers errors as OpenAI does. Stands above @Answers. */
export const OpenAiErrors = (): MethodDecorator => ApiResponse({ status: 'default', description: "An error in OpenAI's shape; `error.faas.code` is listed in docs/errors.md.", standardSchema: openAiError });
