import { randomUUID } from 'node:crypto';
import { type Answer, sendUntilAnswered } from './client.js';

export interface Line {
  readonly sku: string;
  readonly quantity: number;
}

/**
 * Customers who place orders at any instance and cancel some of them. Whoever gets no answer asks the next instance with the same
 * key, and some ask again although they got one. What they were answered is kept: it has to be true.
 */
export class Shoppers {
  /** The ids of orders that were answered, by key. */
  readonly placed = new Map<string, string>();
  readonly cancelled = new Set<string>();
  /** Answers that can't be: another one under the same key, or none that an order may have. */
  readonly broken: string[] = [];
  /** Of those who have no answer yet: what they were told last, by key. */
  readonly waiting = new Map<string, string>();
  private readonly working: Promise<void>[] = [];
  private stopped = false;

  constructor(
    private readonly addresses: readonly string[],
    private readonly token: string,
    private readonly basket: () => readonly Line[],
  ) {}

  /** So many at a time, until `stop()`. */
  start(count: number): void {
    for (let number = 0; number < count; number += 1) this.working.push(this.shop(number));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.working);
  }

  async place(lines: readonly Line[], key: string = randomUUID()): Promise<string> {
    const answer = await this.ask('/orders', key, { lines });
    if (answer.status !== 201) this.broken.push(`${key}: ${answer.status} ${answer.text}`);
    const id = String(answer.body.id);
    const known = this.placed.get(key);
    if (known !== undefined && known !== id) this.broken.push(`${key}: ${known} and ${id}`);
    this.placed.set(key, id);
    return id;
  }

  async cancel(id: string): Promise<void> {
    const { status, text, body } = await this.ask(`/orders/${id}/cancel`, randomUUID(), {});
    if (status === 200) this.cancelled.add(id);
    else if (body.code !== 'order-not-cancellable') this.broken.push(`${id}: ${status} ${text}`);
  }

  private async shop(number: number): Promise<void> {
    for (let visit = number; !this.stopped; visit += 1) {
      const [lines, key] = [this.basket(), randomUUID()];
      const id = await this.place(lines, key);
      if (visit % 4 === 0) await this.place(lines, key);
      if (visit % 3 === 0) await this.cancel(id);
    }
  }

  private async ask(path: string, key: string, body: unknown): Promise<Answer> {
    const [first = '', ...others] = this.addresses;
    const addresses = Math.random() < 0.5 ? [first, ...others] : [...others, first];
    const request = { method: 'POST', path, token: this.token, key, body, patienceMs: 3_000 };
    const answer = await sendUntilAnswered(addresses, request, (why) => this.waiting.set(key, why));
    this.waiting.delete(key);
    return answer;
  }
}
