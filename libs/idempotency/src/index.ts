export type { Connection, ConnectionSource, StatementResult } from './connection.js';
export type { EngineOptions } from './engine/attempt.js';
export type { Effect } from './engine/effect.js';
export { Engine } from './engine/engine.js';
export { callerScope, eraseKeys } from './engine/erase-keys.js';
export type { AnsweredOperation, EngineObserver } from './engine/observer.js';
export {
  CommitRefusedError,
  ErasureIncompleteError,
  IdempotencyOptionsError,
  IdempotencyUnavailableError,
  LeasedOperationRequiredError,
  LeaseLostError,
  OperationDeadlineError,
  OperationDeferredError,
  OverloadedError,
  RecordUnreadableError,
  Refusal,
  StepRefusedError,
  TransactionRequiredError,
  TransactionSettledError,
} from './errors.js';
export { fingerprintOf } from './fingerprint.js';
export { UnstorableAnswerError } from './http/http-answer.js';
export type { HttpRequest } from './http/http-exchange.js';
export { IdempotencyRejection } from './http/rejections.js';
export type { LeaseTimes } from './leased/lease-times.js';
export { LeasedEngine, type LeasedWork } from './leased/leased-engine.js';
export { type LeasedOperation, requireLeasedOperation, type StepCall } from './leased/leased-operation.js';
export type { IncomingMessage, MessageContext } from './messages/message.js';
export { ParkError, type Verdict } from './messages/verdict.js';
export { idempotencyMigrations, idempotencySchema } from './migrations/index.js';
export type { SchemaStep } from './migrations/schema-step.js';
export { CurrentOperation } from './nest/current-operation.decorator.js';
export type { GroupAnswer, GroupHandler } from './nest/group-handler.js';
export { HandlerSkippedError } from './nest/handler-run.js';
export { IdempotencyInterceptor } from './nest/idempotency.interceptor.js';
export { Idempotency, type KeyStatus } from './nest/idempotency.js';
export { type IdempotencyAsyncOptions, IdempotencyModule } from './nest/idempotency.module.js';
export { IdempotencyKeysController } from './nest/idempotency-keys.controller.js';
export { Idempotent } from './nest/idempotent.decorator.js';
export type { MessageOperations, MessageResults } from './nest/message-door.js';
export type { IdempotencyOptions, IdempotentOptions, RenderedError } from './nest/options.js';
export { keyDigest } from './nest/trace-outcome.js';
export type { Answer, EffectResult, Operation, Outcome, StoredAnswer } from './operation.js';
export { isTransient, sqlstate, sqlstateOf } from './sqlstate.js';
export type { Statement } from './statement.js';
export { ambientTransaction, requireTransaction, runInTransaction, type Transaction } from './transaction.js';
export { engineConnectionOptions, type SessionLimits } from './typeorm/engine-connection-options.js';
export { joinAmbientTransactions } from './typeorm/join-ambient.js';
export type { TypeOrmDataSource, TypeOrmMigration, TypeOrmQueryRunner } from './typeorm/shapes.js';
export { TypeOrmConnections } from './typeorm/typeorm-connections.js';
