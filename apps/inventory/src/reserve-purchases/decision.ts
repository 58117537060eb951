import type { OrderedLine, RejectionCode } from '@semel/contracts';

/** What one purchase event comes to. */
export type Decision =
  | {
      readonly kind: 'reserved';
      readonly orderId: string;
      readonly customerId: string;
      readonly lines: readonly OrderedLine[];
    }
  | {
      readonly kind: 'rejected';
      readonly orderId: string;
      readonly customerId: string;
      readonly lines: readonly OrderedLine[];
      readonly code: RejectionCode;
      readonly sku: string;
    }
  /** A reserved order was cancelled: its lines are available again. */
  | { readonly kind: 'released'; readonly orderId: string; readonly lines: readonly OrderedLine[] }
  /** The cancellation came before its purchase: a tombstone, so that the purchase will take nothing. */
  | { readonly kind: 'buried'; readonly orderId: string }
  /** The purchase of a tombstone: it only tells whose order it was. */
  | { readonly kind: 'stillborn'; readonly orderId: string; readonly customerId: string }
  /** Nothing to do: a cancellation of what holds no stock, a purchase that was dealt with long ago. */
  | { readonly kind: 'unchanged'; readonly orderId: string };
