import { stormCustomers } from './storm.js';

/** Where the storm orders: Order's own catalogue, asked as one of the storm's customers when the storm rises. */
export function ordersGround(url: string, tokenFor: (customer: string) => Promise<string>) {
  return async () => {
    const tokens = await Promise.all(stormCustomers.map(tokenFor));
    const response = await fetch(`${url}/products?limit=100`, {
      headers: { authorization: `Bearer ${tokens[0]}` },
      signal: AbortSignal.timeout(5_000),
    });
    if (!response.ok)
      throw new Error(`Order answered ${response.status} when it was asked for its catalogue.`);
    const { items } = (await response.json()) as { items: { sku: string }[] };
    return { url, tokens, skus: items.map(({ sku }) => sku) };
  };
}
