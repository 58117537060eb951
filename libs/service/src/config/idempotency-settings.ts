import type { z } from 'zod';
import type { Log } from '../logs/log.js';
import { logOutcomes, type OutcomeLog } from '../logs/log-outcomes.js';
import { idempotencyMetrics } from '../metrics/idempotency-metrics.js';
import { renderProblem } from '../problems/render-problem.js';
import type { idempotencyVariables } from './variables.js';

type IdempotencySettings = z.output<z.ZodObject<typeof idempotencyVariables>>;

/** What the services of the shop tell the idempotency module, as its options have it. */
interface IdempotencyModuleOptions {
  readonly retention: number;
  readonly messageRetention: number;
  readonly renderError: typeof renderProblem;
  readonly observer: typeof idempotencyMetrics & OutcomeLog;
}

/** Refusals that look like all others, outcomes in the metrics and on log lines. */
export function idempotencySettings(settings: IdempotencySettings, log: Log): IdempotencyModuleOptions {
  return {
    retention: settings.IDEMPOTENCY_RETENTION_SECONDS,
    messageRetention: settings.MESSAGE_RETENTION_SECONDS,
    renderError: renderProblem,
    observer: { ...idempotencyMetrics, ...logOutcomes(log) },
  };
}
