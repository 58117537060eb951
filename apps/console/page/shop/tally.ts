import type { Exchange } from '../api/exchange.js';
import type { Outcome } from '../api/outcome.js';
import type { Experiment } from './experiment.js';

/** What all of the page's requests came to. */
export interface Tally {
  readonly requests: number;
  /** Distinct orders that the answers named. */
  readonly orders: number;
  /** Requests that found their operation done or under way, or their key taken: they changed nothing. */
  readonly stopped: number;
  /** Answers that were lost on the way. */
  readonly lost: number;
}

const STOPPED: readonly Outcome[] = ['replayed', 'in-flight', 'mismatched'];

export function tallyOf(experiments: readonly Experiment[]): Tally {
  const exchanges = experiments.filter(({ kind }) => kind !== 'cancel').flatMap((each) => each.exchanges);
  return {
    requests: exchanges.length,
    orders: new Set(exchanges.map(orderIdIn).filter((id) => id !== undefined)).size,
    stopped: exchanges.filter(({ outcome }) => STOPPED.includes(outcome)).length,
    lost: exchanges.filter(({ outcome }) => outcome === 'lost').length,
  };
}

/** The order that an answer names in its Location. */
export function orderIdIn({ answer }: Exchange): string | undefined {
  return answer?.status === 201 ? answer.headers.location?.match(/^\/orders\/([\w-]+)$/)?.[1] : undefined;
}

/** How many exchanges had each outcome, in a fixed order, without those that none had. */
export function countOutcomes(exchanges: readonly Exchange[]): (readonly [Outcome, number])[] {
  const order: readonly Outcome[] = [
    'executed',
    'replayed',
    'in-flight',
    'mismatched',
    'refused',
    'failed',
    'lost',
  ];
  return order
    .map((outcome) => [outcome, exchanges.filter((each) => each.outcome === outcome).length] as const)
    .filter(([, count]) => count > 0);
}
