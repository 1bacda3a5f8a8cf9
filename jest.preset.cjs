const { swcOptions } = require('./tools/esbuild/swc-options.cjs');

/** Nest 12 is ESM only: specs are CommonJS and require it natively, which needs Node >= 24.9 with --experimental-vm-modules (set in nx.json). */
module.exports = {
  testEnvironment: 'node',
  testMatch: ['**/*.spec.ts', '**/*.int-spec.ts'],
  resolver: '@nx/jest/plugins/resolver',
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json'],
  transform: { '^.+\\.ts$': ['@swc/jest', { ...swcOptions, module: { type: 'commonjs' } }] },
  transformIgnorePatterns: ['/node_modules/'],
  testTimeout: 30_000,
  reporters: ['default', require.resolve('./tools/checks/totals.reporter.cjs')],
};
