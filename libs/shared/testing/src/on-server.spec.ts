import { describeOnServer } from './index';

describe('describeOnServer', () => {
  const registered: string[] = [];
  const original = { url: process.env.TEST_REDIS_URL, describe, skip: describe.skip };

  function register(url: string | undefined): void {
    if (url === undefined) delete process.env.TEST_REDIS_URL;
    else process.env.TEST_REDIS_URL = url;
    const recording = Object.assign((name: string, suite: () => void) => (registered.push(`run ${name}`), suite()), {
      skip: (name: string, suite: () => void) => (registered.push(`skip ${name}`), suite()),
    });
    Object.assign(globalThis, { describe: recording });
    describeOnServer('TEST_REDIS_URL', 'Cache', (address) => registered.push(address));
    Object.assign(globalThis, { describe: original.describe });
    if (original.url === undefined) delete process.env.TEST_REDIS_URL;
    else process.env.TEST_REDIS_URL = original.url;
  }

  beforeEach(() => registered.splice(0));

  it('hands the address to the suite', () => {
    register('redis://localhost:1');
    expect(registered).toEqual(['run Cache', 'redis://localhost:1']);
  });

  it('names the missing variable in what it skips', () => {
    register(undefined);
    expect(registered).toEqual(['skip Cache [TEST_REDIS_URL is not set]', 'unset:TEST_REDIS_URL']);
  });
});
