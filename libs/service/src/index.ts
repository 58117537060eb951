export { Caller, Public, Roles } from './auth/access.js';
export { AccessTokens, type AuthOptions } from './auth/access-tokens.js';
export type { Principal } from './auth/principal.js';
export { ConfigurationError } from './config/configuration-error.js';
export { type KafkaConnection, kafkaConnection } from './config/kafka-connection.js';
export { loadConfig } from './config/load-config.js';
export { type PostgresConnection, postgresConnection } from './config/postgres-connection.js';
export { variable } from './config/variable.js';
export {
  authVariables,
  databaseVariables,
  flag,
  idempotencyVariables,
  kafkaVariables,
  serviceVariables,
  wholeNumber,
} from './config/variables.js';
export { createService, type Service, type ServiceOptions } from './create-service.js';
export { Readiness, type ReadinessCheck } from './health/readiness.js';
export { BodyProblem } from './http/body-problem.js';
export { Drain } from './lifecycle/drain.js';
export { createLog, type Log, type LogOptions } from './logs/log.js';
export { annotateLog, type LogMembers, withLogContext } from './logs/log-context.js';
export { LOG } from './logs/log-token.js';
export { consumerMetrics } from './metrics/consumer-metrics.js';
export { idempotencyMetrics } from './metrics/idempotency-metrics.js';
export { metricsRegistry } from './metrics/metrics-registry.js';
export { observeOutbox, relayMetrics } from './metrics/relay-metrics.js';
export { IdempotencyKeyHeader } from './openapi/idempotency-key-header.js';
export { openApiSchema } from './openapi/openapi-schema.js';
export { ProblemResponses } from './openapi/problem-responses.js';
export { invalidRequest, Problem, type ProblemOptions, unavailable } from './problems/problem.js';
export { type RenderedProblem, renderProblem } from './problems/render-problem.js';
export { isUnreachable } from './problems/unreachable.js';
export { type RunOptions, runService } from './run-service.js';
export { currentTraceparent } from './traces/current-traceparent.js';
export { enableTracePropagation } from './traces/tracing.js';
export { decodeCursor, encodeCursor } from './validation/cursor.js';
export { ZodBody, ZodParam, ZodQuery } from './validation/zod-parameters.js';
export { ZodPipe } from './validation/zod-pipe.js';
