import { randomUUID } from 'node:crypto';
import { type Answer, orderIn } from '../shop-client.js';
import type { Tour } from '../tour.js';

const lines = [{ sku: 'TEA-SENCHA-100', quantity: 2 }];

/** Everything that a client does to a request: twice at once, 25 times, something else under the same key. */
export async function retries({ teller, client, acknowledged }: Tour): Promise<void> {
  await teller.chapter('A double click');
  const order = { key: randomUUID(), lines };
  teller.does(`POST /orders, twice at the same moment, Idempotency-Key: ${order.key.slice(0, 8)}…`);
  const both = await Promise.all([client.placeUntilAnswered(order), client.placeUntilAnswered(order)]);
  for (const { answer } of both) teller.hears(told(answer));
  const [first] = both;
  const placed = orderIn(first.answer);
  acknowledged.push(placed.id);
  teller.holds(
    new Set(both.map(({ answer }) => orderIn(answer).id)).size === 1,
    `Two clicks, one order: ${placed.id}`,
  );

  await teller.chapter('Twenty-five retries at once');
  teller.does('the same request again, 25 times at the same moment');
  const repeats = await Promise.all(Array.from({ length: 25 }, () => client.placeUntilAnswered(order)));
  const identical = repeats.filter(({ answer }) => answer.body === first.answer.body && answer.replayed);
  teller.hears(`${identical.length} × ${told(repeats[0]?.answer ?? first.answer)}`);
  teller.holds(identical.length === 25, 'Each got the first answer again, byte for byte');

  await teller.chapter('The same key for something else');
  teller.does('the same key, with another cart');
  const other = await client.place({ key: order.key, lines: [{ sku: 'TEA-SENCHA-100', quantity: 3 }] });
  teller.hears(told(other));
  teller.holds(other.status === 422, 'Refused: a key stands for one request');
}

/** The client does not hear the answer, and asks again. */
export async function lostAnswer({ teller, client, acknowledged }: Tour): Promise<void> {
  await teller.chapter('A lost answer');
  const order = { key: randomUUID(), lines };
  teller.does('POST /orders, and the connection is cut when the answer comes');
  await client.placeAndHangUp(order);
  teller.hears('nothing: the client can’t know whether its order was made');
  teller.does('the client sends it again');
  const { answer } = await client.placeUntilAnswered(order);
  teller.hears(told(answer));
  acknowledged.push(orderIn(answer).id);
  teller.holds(answer.replayed, 'It was made before, and this is its answer');
}

function told({ status, idempotencyStatus, replayed }: Answer): string {
  const known = idempotencyStatus === undefined ? '' : `  Idempotency-Status: ${idempotencyStatus}`;
  return `${status}${known}${replayed ? '  Idempotency-Replayed: true' : ''}`;
}
