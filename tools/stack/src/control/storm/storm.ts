import { randomInt, randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Testimony } from '../books/books.js';
import { type OrderRequest, sendOrder } from './send-order.js';
import { StormBooks, type StormView } from './storm-books.js';

const customers = 12;
const tick = 50;
/** Clients that may be under way at once; while a service is down they wait, and no new ones come. */
const mostPending = 1_500;
/** How impatient clients are: one in so many clicks twice, loses the answer, or asks again though it has it. */
const doubleClicksOneIn = 6;
const losesOneIn = 6;
const asksAgainOneIn = 8;

interface Ground {
  readonly url: string;
  /** By customer's number. */
  readonly tokens: readonly string[];
  readonly skus: readonly string[];
}

/**
 * Many clients that order, each as a good client does: with a key of its own, and with that key again and again until it has an
 * answer. Some click twice, some lose the answer and some ask once more.
 */
export class Storm {
  private readonly books = new StormBooks();
  private rate = 0;
  private pending = 0;
  private timer: NodeJS.Timeout | undefined;
  private due = 0;
  private readonly ended = new AbortController();

  /** @param ground where to order and as whom, asked once when the storm rises */
  constructor(private readonly ground: () => Promise<Ground>) {
    // Every client that waits listens to it.
    setMaxListeners(0, this.ended.signal);
  }

  view(): StormView {
    return this.books.view(this.rate, this.pending);
  }

  testimony(): Testimony {
    return this.books.testimony();
  }

  /** @param rate orders a second; 0 ends it, and whoever has no answer yet goes on asking for it */
  async blow(rate: number): Promise<void> {
    const ground = rate === 0 ? undefined : await this.ground();
    clearInterval(this.timer);
    this.rate = rate;
    this.due = 0;
    if (ground === undefined) return;
    let last = performance.now();
    this.timer = setInterval(() => {
      const now = performance.now();
      this.due += ((now - last) / 1_000) * rate;
      last = now;
      for (; this.due >= 1; this.due -= 1) if (this.pending < mostPending) void this.shop(ground);
    }, tick).unref();
  }

  close(): void {
    clearInterval(this.timer);
    this.ended.abort();
  }

  private async shop(ground: Ground): Promise<void> {
    this.pending += 1;
    try {
      const order = newOrder(ground);
      const eager = oneIn(doubleClicksOneIn) ? [this.untilAnswered(order)] : [];
      await Promise.all([this.untilAnswered(order, oneIn(losesOneIn)), ...eager]);
      if (oneIn(asksAgainOneIn)) await this.untilAnswered(order);
    } finally {
      this.pending -= 1;
    }
  }

  private async untilAnswered(order: OrderRequest, losesFirst = false): Promise<void> {
    let cutAfter = losesFirst ? randomInt(1, 25) : undefined;
    for (let pause = 200; !this.ended.signal.aborted; pause = Math.min(pause * 2, 3_000)) {
      const attempt = await sendOrder(order, cutAfter);
      if (this.books.note(order.key, attempt)) return;
      cutAfter = undefined;
      const asked = attempt.kind === 'answer' ? attempt.retryAfter * 1_000 : 0;
      await delay(Math.max(pause, Math.min(asked, 3_000)) + randomInt(100), undefined, {
        signal: this.ended.signal,
        ref: false,
      }).catch(() => undefined);
    }
  }
}

function newOrder({ url, tokens, skus }: Ground): OrderRequest {
  const wanted = new Set(Array.from({ length: randomInt(1, 3) }, () => skus[randomInt(skus.length)] ?? ''));
  const lines = [...wanted].map((sku) => ({ sku, quantity: randomInt(1, 3) }));
  return {
    url,
    token: tokens[randomInt(tokens.length)] ?? '',
    key: randomUUID(),
    body: JSON.stringify({ lines }),
  };
}

function oneIn(count: number): boolean {
  return randomInt(count) === 0;
}

/** Names of the customers of a storm. */
export const stormCustomers = Array.from({ length: customers }, (_, index) => `storm-${index + 1}`);
