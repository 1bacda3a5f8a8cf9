import { startSuite } from './start.suite';
import type { Suite } from './suite';

/** Every suite; a new one is a file and a line here. */
export const suites: readonly Suite[] = [startSuite];
