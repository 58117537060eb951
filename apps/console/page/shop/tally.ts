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

const OUTCOMES: readonly Outcome[] = [
  'executed',
  'replayed',
  'in-flight',
  'mismatched',
  'refused',
  'failed',
  'lost',
];

export interface OutcomeGroup {
  readonly outcome: Outcome;
  readonly members: readonly Exchange[];
}

/** The exchanges of each outcome, in a fixed order, without those that none had. */
export function groupByOutcome(exchanges: readonly Exchange[]): readonly OutcomeGroup[] {
  return OUTCOMES.map((outcome) => ({
    outcome,
    members: exchanges.filter((exchange) => exchange.outcome === outcome),
  })).filter(({ members }) => members.length > 0);
}
