const { decoratorMetadata } = require('./decorator-metadata.plugin.cjs');

/** Shared by every @nx/esbuild target. keepNames: error and provider names stay readable. */
module.exports = {
  sourcemap: 'linked',
  keepNames: true,
  outExtension: { '.js': '.cjs' },
  plugins: [decoratorMetadata],
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
};
