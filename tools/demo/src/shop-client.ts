import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

export interface Answer {
  readonly status: number;
  readonly idempotencyStatus: string | undefined;
  readonly replayed: boolean;
  readonly body: string;
}

export interface PlacedOrder {
  readonly id: string;
  readonly status: string;
}

interface Line {
  readonly sku: string;
  readonly quantity: number;
}

interface OrderRequest {
  readonly key: string;
  readonly lines: readonly Line[];
}

/** Longer than a service takes to come back after a kill. */
const patience = 60_000;

/** A client of the shop: with a token, and a key for each thing that it wants done. */
export class ShopClient {
  constructor(
    private readonly orderUrl: string,
    private readonly token: string,
  ) {}

  /** Sends an order once. @throws where no answer came; it may be sent again with the same key */
  async place({ key, lines }: OrderRequest): Promise<Answer> {
    const response = await fetch(`${this.orderUrl}/orders`, {
      method: 'POST',
      headers: this.headers(key),
      body: JSON.stringify({ lines }),
      signal: AbortSignal.timeout(10_000),
    });
    return {
      status: response.status,
      idempotencyStatus: response.headers.get('idempotency-status') ?? undefined,
      replayed: response.headers.get('idempotency-replayed') === 'true',
      body: await response.text(),
    };
  }

  /** Sends an order and hangs up as soon as it is out: whatever the service answers, nobody hears it. */
  placeAndHangUp({ key, lines }: OrderRequest): Promise<void> {
    return new Promise((resolve) => {
      const outgoing = request(`${this.orderUrl}/orders`, { method: 'POST', headers: this.headers(key) });
      outgoing.once('error', () => resolve());
      // The answer's first byte is on its way, so the commit is done: it is thrown away unread.
      outgoing.once('response', (answer) => {
        answer.destroy();
        resolve();
      });
      outgoing.end(JSON.stringify({ lines }));
    });
  }

  /** As a good client: with the same key again and again until it has the operation's answer. @returns it, and how many attempts it took */
  async placeUntilAnswered(
    order: OrderRequest,
  ): Promise<{ readonly answer: Answer; readonly attempts: number }> {
    const givenUp = performance.now() + patience;
    for (let attempts = 1; ; attempts += 1) {
      // A refused connection and a 503 are the same to it: the answer is not there yet.
      const answer = await this.place(order).catch(() => undefined);
      if (answer !== undefined && answer.status !== 409 && answer.status < 500) return { answer, attempts };
      if (performance.now() > givenUp)
        throw new Error(`No answer for key ${order.key} within ${patience} ms.`);
      await delay(150);
    }
  }

  /** Follows the order's events until it has left the status `placed`. @returns its status then */
  async settled(orderId: string): Promise<string> {
    const response = await fetch(`${this.orderUrl}/orders/${orderId}/events`, {
      headers: { authorization: `Bearer ${this.token}`, accept: 'text/event-stream' },
      signal: AbortSignal.timeout(patience),
    });
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString('utf8');
      const status = [...text.matchAll(/"status":"(\w+)"/g)].at(-1)?.[1];
      if (status !== undefined && status !== 'placed') return status;
    }
    throw new Error(`The events of order ${orderId} ended before it was settled.`);
  }

  private headers(key: string): Record<string, string> {
    return {
      authorization: `Bearer ${this.token}`,
      'content-type': 'application/json',
      'idempotency-key': key,
    };
  }
}

export function orderIn({ body }: Answer): PlacedOrder {
  return JSON.parse(body) as PlacedOrder;
}
