/** One change of a SKU's stock, and why: the sum of all movements of a SKU is what there is of it. */
export interface Movement {
  readonly sku: string;
  /** `set` and `adjustment` are an operator's or the seed's, `reservation` and `release` an order's. */
  readonly kind: 'set' | 'adjustment' | 'reservation' | 'release';
  readonly available: number;
  readonly reserved: number;
  readonly reason?: string;
  readonly orderId?: string;
  /** The operator's `sub`. */
  readonly actor?: string;
}
