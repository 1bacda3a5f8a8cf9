const { decoratorMetadata } = require('./decorator-metadata.plugin.cjs');

/** Optional peers that Nest and TypeORM ask for only when an application uses them; ours do not. */
const unusedPeers = ['@nestjs/microservices', '@nestjs/websockets', '@nestjs/platform-express', '@fastify/view', 'class-validator', 'class-transformer'];

/** Shared by every @nx/esbuild target. keepNames: error and provider names stay readable. */
module.exports = {
  sourcemap: 'linked',
  keepNames: true,
  outExtension: { '.js': '.cjs' },
  plugins: [decoratorMetadata],
  external: [...unusedPeers, ...unusedPeers.map((name) => `${name}/*`)],
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
};
