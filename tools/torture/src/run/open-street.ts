import type { Chamber } from '../chamber/chamber.js';
import type { ServiceName } from '../chamber/services.js';
import { customers, operators, shelf } from '../clients/assortment.js';
import type { Connections } from '../clients/http.js';
import type { Street } from '../clients/shopper.js';
import type { History } from '../history/history.js';

/** Where clients go: the services' links, tokens for everybody, and full shelves where there are any. */
export async function openStreet(
  chamber: Chamber,
  history: History,
  connections: Connections,
): Promise<Street> {
  const tokens = new Map<string, string>();
  for (const customer of customers) tokens.set(customer, await chamber.token(customer));
  for (const operator of operators) tokens.set(operator, await chamber.token(operator, 'operator'));
  const urls = (service: ServiceName): string[] => chamber.of(service).map(({ url }) => url);
  const street: Street = {
    history,
    connections,
    urls: { order: urls('order'), inventory: urls('inventory'), payment: urls('payment') },
    providerUrl: chamber.provider?.url,
    token: (caller) => tokens.get(caller),
    asked: new Map(),
    orders: new Map(),
  };
  if (street.urls.inventory.length > 0) await fillShelves(street);
  return street;
}

async function fillShelves({ connections, urls, token }: Street): Promise<void> {
  const [operator] = operators;
  const bearer = token(operator);
  for (const [sku, available] of shelf) {
    const answer = await connections.send({
      url: `${urls.inventory[0]}/stock/${sku}`,
      method: 'PUT',
      ...(bearer !== undefined && { token: bearer }),
      body: JSON.stringify({ available }),
    });
    if (answer.status !== 200)
      throw new Error(`The stock of ${sku} could not be set: ${answer.status} ${answer.body}`);
  }
}
