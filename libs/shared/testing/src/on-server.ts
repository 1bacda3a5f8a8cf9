/** A real server that a suite can run on; each is the name of the variable with its address. */
export type TestServer = 'TEST_DATABASE_URL' | 'TEST_REDIS_URL' | 'TEST_NATS_URL';

/**
 * A `describe` that runs only when the variable holds the address of a real server; otherwise its tests count as
 * skipped and the reason stands in their name.
 *
 * `suite` is called in both cases, so that every skipped test is named: connect in `beforeAll`, not while registering.
 *
 * @example
 * describeOnServer('TEST_REDIS_URL', 'RedisCache', (url) => {
 *   it('keeps a value', async () => expect(await openCache(url)).toBeDefined());
 * });
 */
export function describeOnServer(server: TestServer, name: string, suite: (url: string) => void): void {
  const url = process.env[server];
  if (url) describe(name, () => suite(url));
  else describe.skip(`${name} [${server} is not set]`, () => suite(`unset:${server}`));
}
