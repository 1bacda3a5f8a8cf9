export { PostgresCounters } from './postgres-counters';
