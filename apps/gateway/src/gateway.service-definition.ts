import type { ServiceDefinition } from '@faas/bootstrap';
import { gatewayConfig } from './gateway.config';
import { createGatewayParts } from './gateway.module';
import { writeOpenAiError } from './openai-error.mapping';

const PREFIX = '/api/v1/gateway';

export const gatewayService: ServiceDefinition<typeof gatewayConfig> = {
  name: 'gateway-service',
  prefix: PREFIX,
  description: "Language models of all providers behind one OpenAI-compatible API, with keys and usage.",
  config: gatewayConfig,
  createParts: createGatewayParts,
  renderError: (path, body, error) => (path.startsWith(`${PREFIX}/v1/`) ? writeOpenAiError(body, error) : undefined),
};
