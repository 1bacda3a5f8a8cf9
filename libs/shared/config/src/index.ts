export { describeConfig, type ConfigVariable } from './describe-config';
export { loadConfig, type LoadConfigOptions } from './load-config';
export { resolveReference } from './resolve-reference';
export { SecretResolver } from './secret-resolver.port';
export { booleanFlag, commonVariables, networkVariables, secret, serviceUrl } from './variables';
