import type { Log } from './log.js';
import { annotateLog } from './log-context.js';

interface AnsweredOperation {
  readonly scope: string;
  readonly key: string;
  readonly traceparent?: string;
}

/** Of the observer of the idempotency module: makes log lines tell what operations came to. */
export interface OutcomeLog {
  answered(operation: AnsweredOperation, outcome: string): void;
}

/**
 * A request's own line tells its outcome. A message has none of its own: what was executed, its handler tells; what the inbox
 * stopped gets a line here, or nobody would see it.
 */
export function logOutcomes(log: Log): OutcomeLog {
  return {
    answered({ scope, key, traceparent }, outcome) {
      if (!scope.startsWith('consumer:')) {
        annotateLog({ outcome });
        return;
      }
      if (outcome === 'executed') return;
      const consumed = { key, outcome, scope, traceId: traceparent?.split('-')[1] };
      // A duplicate and a mismatch are the end of their message; the others come again, and their transport warns of them.
      const level = outcome === 'replayed' || outcome === 'mismatched' ? 'info' : 'debug';
      log[level](consumed, 'message stopped by the inbox');
    },
  };
}
