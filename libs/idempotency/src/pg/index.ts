export { engineConnectionOptions, type SessionLimits } from '../typeorm/engine-connection-options.js';
export { ambientPool } from './ambient-pool.js';
export { migrateIdempotency } from './migrate.js';
export { NestedTransactionError } from './nested-transactions.js';
export { PgConnection, PgConnections } from './pg-connections.js';
