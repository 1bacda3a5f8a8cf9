import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

const kernel = ['type:kernel'];
const platform = ['type:kernel', 'type:contract', 'type:config', 'type:platform'];

/** Rows of the table in docs/architecture.md, "Who may import whom". */
const imports = {
  'type:kernel': kernel,
  'type:contract': ['type:kernel', 'type:contract'],
  'type:config': kernel,
  'type:platform': platform,
  'type:embedded': [],
  'type:database': ['type:kernel', 'type:config', 'type:platform'],
  'type:client': platform,
  'type:bootstrap': platform,
  'type:app': ['type:kernel', 'type:contract', 'type:config', 'type:platform', 'type:database', 'type:client', 'type:bootstrap'],
  'type:tool': [...platform, 'type:client', 'type:embedded', 'type:testing'],
  'type:testing': ['type:embedded'],
  'type:infra': ['type:infra'],
};

/** The call graph: agent -> rag -> gateway, and shared below all. */
const scopes = {
  'scope:shared': ['scope:shared'],
  'scope:gateway': ['scope:gateway', 'scope:shared'],
  'scope:rag': ['scope:rag', 'scope:gateway', 'scope:shared'],
  'scope:agent': ['scope:agent', 'scope:rag', 'scope:gateway', 'scope:shared'],
  'scope:tool': ['scope:tool', 'scope:agent', 'scope:rag', 'scope:gateway', 'scope:shared'],
  'scope:infra': ['scope:infra'],
};

const boundaries = (extra) => [
  'error',
  {
    allow: [],
    enforceBuildableLibDependency: false,
    depConstraints: [
      ...Object.entries(imports).map(([sourceTag, allowed]) => ({ sourceTag, onlyDependOnLibsWithTags: [...new Set([...allowed, ...extra])] })),
      ...Object.entries(scopes).map(([sourceTag, allowed]) => ({ sourceTag, onlyDependOnLibsWithTags: allowed })),
      { sourceTag: 'type:kernel', bannedExternalImports: ['@nestjs/*', 'typeorm', 'fastify'] },
      { sourceTag: 'type:contract', allowedExternalImports: ['zod', 'uuid', ...(extra.includes('type:testing') ? ['fast-check'] : [])] },
      { sourceTag: 'type:client', bannedExternalImports: ['@nestjs/*', 'typeorm'] },
    ],
  },
];

export default tseslint.config(
  { ignores: ['**/dist', '**/node_modules', '**/.nx', '**/tmp', '**/.data'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': boundaries([]),
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports', disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      'no-restricted-properties': ['error', { object: 'process', property: 'env', message: 'Only libs/shared/config reads the environment.' }],
      eqeqeq: 'error',
    },
  },
  {
    // Constructor parameters of Nest providers must stay value imports: their metadata is the injection token.
    files: ['apps/**/*.ts', 'libs/shared/bootstrap/**/*.ts', 'libs/shared/database/**/*.ts'],
    rules: { '@typescript-eslint/consistent-type-imports': 'off' },
  },
  {
    files: ['libs/*/contract/src/**/*.ts', 'libs/shared/api/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ group: ['node:*'], message: 'A contract runs in browsers too.' }] }] },
  },
  {
    files: ['apps/*/src/main.http.ts'],
    rules: { '@nx/enforce-module-boundaries': boundaries(['type:embedded']) },
  },
  {
    files: ['**/*.spec.ts', '**/*.int-spec.ts', '**/*.port-suite.ts', '**/test/**/*.ts'],
    rules: {
      '@nx/enforce-module-boundaries': boundaries(['type:testing', 'type:embedded']),
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-restricted-properties': 'off',
    },
  },
  {
    files: ['libs/shared/config/src/**/*.ts', 'tools/**/*.ts', 'libs/shared/testing/src/**/*.ts', '**/jest.config.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['**/*.cjs', '**/*.mjs'],
    languageOptions: { globals: { require: 'readonly', module: 'writable', exports: 'writable', process: 'readonly', console: 'readonly', __filename: 'readonly', __dirname: 'readonly' } },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
);
