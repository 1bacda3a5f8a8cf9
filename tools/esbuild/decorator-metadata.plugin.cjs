const { readFile } = require('node:fs/promises');
const { transform } = require('@swc/core');
const { swcOptions } = require('./swc-options.cjs');

const DECORATOR = /^\s*@[A-Z]\w*[\s(]/m;
const PARAMETER_DECORATOR = /[(,]\s*@[A-Z]\w*\(/;

/** esbuild does not emit decorator metadata: files of ours that contain a decorator go through SWC first. */
exports.decoratorMetadata = {
  name: 'decorator-metadata',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (path.includes('node_modules')) return undefined;
      const source = await readFile(path, 'utf8');
      if (!DECORATOR.test(source) && !PARAMETER_DECORATOR.test(source)) return undefined;
      const { code } = await transform(source, { ...swcOptions, filename: path, module: { type: 'es6' } });
      return { contents: code, loader: 'js' };
    });
  },
};
