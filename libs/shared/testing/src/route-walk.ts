/** One operation of an OpenAPI document, with the caller's values filled in. */
export interface WalkedRoute {
  /** For example `GET /api/v1/rag/collections/{collection}`. */
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  /** The path names at least one resource of the owner. */
  readonly namesResource: boolean;
}

interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/**
 * Every operation of an OpenAPI document, deleting ones last, with path parameters replaced by the owner's ids.
 *
 * @param ids by parameter name. A parameter without one fails the walk: a new route must not go unwalked.
 */
export function walkedRoutes(document: OpenApiDocument, ids: Readonly<Record<string, string>>): WalkedRoute[] {
  const routes = Object.entries(document.paths).flatMap(([template, operations]) =>
    METHODS.filter((method) => method in operations).map((method) => ({
      operation: `${method.toUpperCase()} ${template}`,
      method: method.toUpperCase(),
      path: template.replace(/\{(\w+)\}/g, (_match, name: string) => idOf(name, ids, template)),
      namesResource: template.includes('{'),
    })),
  );
  return routes.sort((left, right) => Number(left.method === 'DELETE') - Number(right.method === 'DELETE'));
}

function idOf(name: string, ids: Readonly<Record<string, string>>, template: string): string {
  const id = ids[name];
  if (id === undefined) throw new Error(`The walk has no value for {${name}} of ${template}.`);
  return encodeURIComponent(id);
}

/** Calls a route; `body` is sent as JSON with the methods that take one. */
export async function callRoute(origin: string, route: WalkedRoute, credential: string | undefined, body: unknown): Promise<{ status: number; text: string }> {
  const takesBody = route.method !== 'GET' && route.method !== 'DELETE';
  const response = await fetch(`${origin}${route.path}`, {
    method: route.method,
    headers: { ...(takesBody ? { 'content-type': 'application/json' } : {}), ...(credential ? { authorization: `Bearer ${credential}` } : {}) },
    ...(takesBody ? { body: JSON.stringify(body ?? {}) } : {}),
    signal: AbortSignal.timeout(10_000),
  });
  return { status: response.status, text: await response.text() };
}
