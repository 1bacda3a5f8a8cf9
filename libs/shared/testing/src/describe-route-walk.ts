import { callRoute, walkedRoutes, type WalkedRoute } from './route-walk';

export interface WalkedService {
  readonly url: string;
  /** For example `/api/v1/rag`. */
  readonly prefix: string;
  /** Ids of the owner's resources by path parameter. */
  readonly ids: Readonly<Record<string, string>>;
  /** Bodies that the operation accepts, so that nothing but the caller's tenant can be the reason of a refusal. */
  readonly bodies: Readonly<Record<string, unknown>>;
  /** Operations that need no credential. */
  readonly open: readonly string[];
  readonly credentials: {
    readonly owner: string;
    /** Every scope, another tenant. */
    readonly stranger: string;
    /** The owner's tenant, no scope of this service. */
    readonly powerless: string;
  };
  close(): Promise<void>;
}

/** Walks every operation of a service's OpenAPI document as nobody, as a key without scopes and as another tenant. */
export function describeRouteWalk(name: string, start: () => Promise<WalkedService>): void {
  describe(name, () => {
    let service: WalkedService;
    let routes: WalkedRoute[];

    beforeAll(async () => {
      service = await start();
      const document = (await (await fetch(`${service.url}${service.prefix}/openapi.json`)).json()) as Parameters<typeof walkedRoutes>[0];
      routes = walkedRoutes(document, service.ids);
    });
    afterAll(() => service.close());

    const call = (route: WalkedRoute, credential: string | undefined) => callRoute(service.url, route, credential, service.bodies[route.operation]);
    const wrong = async (credential: string | undefined, isRight: (route: WalkedRoute, answer: { status: number; text: string }) => boolean) => {
      const found: string[] = [];
      for (const route of routes) {
        const answer = await call(route, credential);
        if (!isRight(route, answer)) found.push(`${route.operation} -> ${answer.status} ${answer.text.slice(0, 200)}`);
      }
      return found;
    };

    it('walks every operation', () => {
      expect(routes.length).toBeGreaterThan(5);
      expect(service.open.filter((operation) => !routes.some((route) => route.operation === operation))).toEqual([]);
      expect(Object.keys(service.bodies).filter((operation) => !routes.some((route) => route.operation === operation))).toEqual([]);
    });

    it('answers 401 to everybody without a credential, except on the open routes', async () => {
      expect(await wrong(undefined, ({ operation }, { status }) => (service.open.includes(operation) ? status === 200 : status === 401))).toEqual([]);
    });

    it('answers 403 to a credential without the scope', async () => {
      expect(await wrong(service.credentials.powerless, ({ operation }, { status }) => (service.open.includes(operation) ? status === 200 : status === 403))).toEqual([]);
    });

    it("answers 404 for another tenant's resources and never shows them in lists", async () => {
      const ids = Object.values(service.ids);
      const right = (route: WalkedRoute, { status, text }: { status: number; text: string }) =>
        route.namesResource ? status === 404 : status < 300 && !ids.some((id) => text.includes(id));
      expect(await wrong(service.credentials.stranger, right)).toEqual([]);
    });

    it("changes nothing of the owner's", async () => {
      const gone: string[] = [];
      for (const route of routes.filter(({ method }) => method === 'GET')) {
        const { status, text } = await call(route, service.credentials.owner);
        if (status !== 200) gone.push(`${route.operation} -> ${status} ${text.slice(0, 200)}`);
      }
      expect(gone).toEqual([]);
    });
  });
}
