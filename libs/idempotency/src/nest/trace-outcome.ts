import { hash } from 'node:crypto';
import { type Attributes, trace } from '@opentelemetry/api';
import { lengthPrefixed } from '../identity.js';
import type { Operation, Outcome } from '../operation.js';

type Identified = Pick<Operation, 'scope' | 'key'>;

/**
 * Tells the active span what became of an operation. Traces leave the house, and clients put what they like into a key:
 * so neither key nor caller is told, but a digest of both. Who knows them finds the trace; the trace tells nobody.
 *
 * @param together how many operations shared the transaction
 */
export function traceOutcome(operation: Identified, outcome: Outcome, together = 1): void {
  annotate(() => outcomeAttributes(operation, outcome, together));
}

/** What a span is told of its operation. */
export function outcomeAttributes(operation: Identified, { kind }: Outcome, together: number): Attributes {
  return named({
    outcome: kind,
    key_digest: keyDigest(operation),
    scope_kind: scopeKind(operation.scope),
    group_size: together,
  });
}

/** The same for the messages of one call: how many came to what. */
export function traceOutcomes(consumer: string, outcomes: readonly Outcome[]): void {
  annotate(() => {
    const counts: Record<string, number> = {};
    for (const { kind } of outcomes) counts[`outcomes.${kind}`] = (counts[`outcomes.${kind}`] ?? 0) + 1;
    return named({ scope_kind: 'consumer', consumer, group_size: outcomes.length, ...counts });
  });
}

/** 64 bits of SHA-256 over scope and key, in hexadecimal. */
export function keyDigest({ scope, key }: Identified): string {
  return hash('sha256', lengthPrefixed([scope, key]), 'hex').slice(0, 16);
}

/** `caller`, `anonymous`, `consumer`, or what a job put before the colon of its own scope. */
function scopeKind(scope: string): string {
  return /^[a-z][a-z-]{0,30}(?=:|$)/.exec(scope)?.[0] ?? 'other';
}

/** Nothing is computed for a trace that nobody records. */
function annotate(attributes: () => Attributes): void {
  const span = trace.getActiveSpan();
  if (!span?.isRecording()) return;
  span.setAttributes(attributes());
}

function named(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [`semel.idempotency.${name}`, value]),
  );
}
