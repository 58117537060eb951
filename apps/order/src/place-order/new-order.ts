import type { OrderedLine } from '@semel/contracts';

/** An order as it is asked for. */
export interface NewOrder {
  readonly id: string;
  readonly customerId: string;
  readonly lines: readonly OrderedLine[];
  readonly note?: string;
  /** W3C Trace Context of the request: the event goes on with it. */
  readonly traceparent?: string;
}

/** A line whose price is known, in minor units. */
export interface PricedLine extends OrderedLine {
  readonly unitPrice: number;
}

/** An order whose prices are known. */
export interface PricedOrder extends Omit<NewOrder, 'lines'> {
  readonly lines: readonly PricedLine[];
  readonly total: number;
  readonly currency: string;
}
