import colors from 'picocolors';
import type { DevConfig } from './dev.config';
import { services } from './services';

/** What a person needs once everything runs: addresses and the next thing to type. */
export function banner(config: DevConfig, readyMs: number): string {
  const edge = `http://localhost:${config.EDGE_PORT}`;
  const rows = services.map(({ name, prefix, portVariable }) => `  ${name.padEnd(8)} ${`${edge}${prefix}`.padEnd(40)} ${colors.dim(`docs http://localhost:${config[portVariable]}/docs`)}`);
  const url = config.EDGE_PORT === 8000 ? '' : `FAAS_URL=${edge} `;
  return [
    '',
    `${colors.bold(colors.green('Ready'))} in ${(readyMs / 1000).toFixed(1)} s at ${colors.bold(edge)}`,
    '',
    ...rows,
    '',
    '  Ask the documentation, in another terminal:',
    `    ${colors.cyan(`${url}npm run ask -- "How does a request reach a model provider?"`)}`,
    '  Add documents of your own:',
    `    ${colors.cyan(`${url}npm run ingest -- <file|folder|url>`)}`,
    '',
    colors.dim(`  Logs: ${config.DATA_DIR}/logs   Stop: Ctrl-C`),
    '',
  ].join('\n');
}
