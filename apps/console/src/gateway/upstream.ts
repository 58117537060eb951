/** A service behind the gateway and the token that the gateway asks it with. */
export interface Upstream {
  readonly name: string;
  readonly url: URL;
  readonly token: string;
}

/** By whom is asked, and as whom. */
export type Upstreams = Readonly<Record<'order' | 'inventory' | 'orderAsOperator', Upstream>>;

export const UPSTREAMS = Symbol('upstreams');

/**
 * Order is asked as the customer, so that the page sees what a customer sees. Inventory is asked as the operator, because only an
 * operator may write stock and read everybody's reservations; Order has a parking lot for operators, too.
 */
export function upstreamsOf(settings: {
  readonly ORDER_URL: URL;
  readonly INVENTORY_URL: URL;
  readonly CONSOLE_CUSTOMER_TOKEN: string;
  readonly CONSOLE_OPERATOR_TOKEN: string;
}): Upstreams {
  return {
    order: { name: 'Order', url: settings.ORDER_URL, token: settings.CONSOLE_CUSTOMER_TOKEN },
    orderAsOperator: { name: 'Order', url: settings.ORDER_URL, token: settings.CONSOLE_OPERATOR_TOKEN },
    inventory: { name: 'Inventory', url: settings.INVENTORY_URL, token: settings.CONSOLE_OPERATOR_TOKEN },
  };
}
