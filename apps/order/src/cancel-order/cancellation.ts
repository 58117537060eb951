/** A cancellation as it is asked for. */
export interface Cancellation {
  /** As it stood in the path: perhaps no order's id at all. */
  readonly orderId: string;
  readonly customerId: string;
  /** W3C Trace Context of the request: the event goes on with it. */
  readonly traceparent?: string;
}
