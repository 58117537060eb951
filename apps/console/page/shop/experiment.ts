import type { OrderedLine } from '@semel/contracts';
import type { Exchange, KeyedRequest } from '../api/exchange.js';

/** The ways of sending a request that the page can try. */
export type ExperimentKind =
  | 'place'
  | 'double-click'
  | 'lost-answer'
  | 'retry'
  | 'copies'
  | 'other-cart'
  | 'cancel';

/** One press of a button and every exchange that followed from it, in the order in which they were answered. */
export interface Experiment {
  readonly id: string;
  readonly kind: ExperimentKind;
  /** What was meant to be sent; an exchange may differ from it where that is the point. */
  readonly request: KeyedRequest;
  readonly startedAt: number;
  readonly exchanges: readonly Exchange[];
  /** Whether more exchanges may come. */
  readonly running: boolean;
}

/** What may be sent again: a request that the page has sent before. */
export interface SentOrder {
  readonly request: KeyedRequest;
  readonly lines: readonly OrderedLine[];
}
