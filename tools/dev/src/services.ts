/** The three services as `npm start` runs them, in the order in which calls flow down. */
export const services = [
  { name: 'gateway', project: 'gateway-service', prefix: '/api/v1/gateway', portVariable: 'GATEWAY_PORT', defaultPort: 8081 },
  { name: 'rag', project: 'rag-service', prefix: '/api/v1/rag', portVariable: 'RAG_PORT', defaultPort: 8082 },
  { name: 'agent', project: 'agent-service', prefix: '/api/v1/agents', portVariable: 'AGENT_PORT', defaultPort: 8080 },
] as const;

export type Service = (typeof services)[number];
export type ServiceName = Service['name'];

/** The bundle that the `build` target makes, relative to the repository. */
export function bundleOf(service: Service): string {
  return `dist/apps/${service.name}/main.http.cjs`;
}
