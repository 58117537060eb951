export type { Connection, ConnectionSource, StatementResult } from './connection.js';
export type { EngineOptions } from './engine/attempt.js';
export type { Effect } from './engine/effect.js';
export { Engine } from './engine/engine.js';
export {
  CommitRefusedError,
  IdempotencyOptionsError,
  IdempotencyUnavailableError,
  OperationDeadlineError,
  OperationDeferredError,
  OverloadedError,
  Refusal,
  TransactionRequiredError,
  TransactionSettledError,
} from './errors.js';
export { fingerprintOf } from './fingerprint.js';
export { idempotencyMigrations } from './migrations/index.js';
export type { Answer, EffectResult, Operation, Outcome, StoredAnswer } from './operation.js';
export { isTransient, sqlstate, sqlstateOf } from './sqlstate.js';
export type { Statement } from './statement.js';
export { ambientTransaction, requireTransaction, runInTransaction, type Transaction } from './transaction.js';
export { joinAmbientTransactions } from './typeorm/join-ambient.js';
export { TypeOrmConnections } from './typeorm/typeorm-connections.js';
