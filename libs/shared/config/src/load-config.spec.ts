import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { commonVariables, describeConfig, loadConfig, networkVariables, secret } from './index';

const schema = z.object({ ...commonVariables, ...networkVariables, API_KEY: secret('A key.'), SERVICE_PORT: z.coerce.number().int().default(8081) });

describe('loadConfig', () => {
  it('applies defaults and takes an empty variable as unset', async () => {
    const config = await loadConfig(schema, { environment: { API_KEY: 'k', LOG_LEVEL: '', ENABLE_NATS: '1' } });
    expect(config).toMatchObject({ LOG_LEVEL: 'info', ENABLE_NATS: true, SERVICE_PORT: 8081, GATEWAY_SERVICE_URL: 'http://localhost:8081' });
  });

  it('lists every bad variable at once and never prints a secret', async () => {
    const load = loadConfig(schema, { environment: { SERVICE_PORT: 'x', LOG_LEVEL: 'loud', RAG_SERVICE_URL: 'http://a/b', API_KEY: 'hush' } });
    await expect(load).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    const message = await load.catch((error: Error) => error.message);
    for (const name of ['SERVICE_PORT', 'LOG_LEVEL', 'RAG_SERVICE_URL']) expect(message).toContain(name);
    expect(message).not.toContain('hush');
  });

  it('resolves secret references and says which one is missing', async () => {
    const config = await loadConfig(schema, { environment: { API_KEY: 'env:OTHER', OTHER: 'value' } });
    expect(config.API_KEY).toBe('value');
    await expect(loadConfig(schema, { environment: { API_KEY: 'env:OTHER' } })).rejects.toThrow(/env:OTHER/);
  });

  it('resolves references inside a secret that is a JSON list', async () => {
    const list = JSON.stringify([{ name: 'groq', apiKey: 'env:GROQ_KEY', timeoutMs: 5 }]);
    const config = await loadConfig(schema, { environment: { API_KEY: list, GROQ_KEY: 'value' } });
    expect(JSON.parse(config.API_KEY)).toEqual([{ name: 'groq', apiKey: 'value', timeoutMs: 5 }]);
    await expect(loadConfig(schema, { environment: { API_KEY: list } })).rejects.toThrow(/env:GROQ_KEY/);
    expect((await loadConfig(schema, { environment: { API_KEY: '[not json' } })).API_KEY).toBe('[not json');
  });

  it.each(['secretsmanager:prod/signing-secret', 'ssm:/prod/key'])('refuses the reference %s, which nothing here resolves, instead of using its name as the secret', async (reference) => {
    await expect(loadConfig(schema, { environment: { API_KEY: reference } })).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining(reference) });
  });

  it('reads a secret from a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'config-'));
    await writeFile(join(folder, 'key'), 'from a file\n');
    expect((await loadConfig(schema, { environment: { API_KEY: `file:${join(folder, 'key')}` } })).API_KEY).toBe('from a file');
    await expect(loadConfig(schema, { environment: { API_KEY: `file:${join(folder, 'none')}` } })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await rm(folder, { recursive: true });
  });

  it('lets overrides win over the environment', async () => {
    const config = await loadConfig(schema, { environment: { API_KEY: 'k', SERVICE_PORT: '1' }, overrides: { SERVICE_PORT: 2 } });
    expect(config.SERVICE_PORT).toBe(2);
  });
});

describe('describeConfig', () => {
  it('tells required, secret and default of each variable', () => {
    const variables = describeConfig(schema);
    expect(variables.every(({ description, name }) => description !== '' || name === 'SERVICE_PORT')).toBe(true);
    expect(variables.find(({ name }) => name === 'API_KEY')).toEqual({ name: 'API_KEY', description: 'A key.', required: true, secret: true });
    expect(variables.find(({ name }) => name === 'DATABASE_URL')).toMatchObject({ required: false, secret: true });
    expect(variables.find(({ name }) => name === 'HOST')).toMatchObject({ required: false, secret: false, default: '127.0.0.1' });
  });
});
