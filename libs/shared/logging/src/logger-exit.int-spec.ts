import { runProgram } from '../test/run-program';

describe('standard output', () => {
  it('has every line when the process exits right after writing it', async () => {
    const lines = await runProgram(`
      import { createLogger } from './src/index';
      const logger = createLogger({ service: 's' });
      for (let number = 0; number < 2000; number++) logger.info('last-words', { number });
      process.exit(0);
    `);
    expect(lines).toHaveLength(2_000);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ event: 'last-words', number: 1_999 });
  });
});
