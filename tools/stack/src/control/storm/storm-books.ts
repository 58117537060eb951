import type { Testimony } from '../books/books.js';
import type { Attempt } from './send-order.js';

export interface StormView {
  /** Orders a second that are begun now; 0 where the storm is over. */
  readonly rate: number;
  readonly requests: number;
  /** Orders that a client has an answer for. */
  readonly orders: number;
  /** Keys whose client is still trying. */
  readonly pending: number;
  /** Repeats that got the first answer again, or were told that the first is still running. */
  readonly replayed: number;
  readonly inFlight: number;
  /** Attempts without an answer, and with one of 5xx: the client tried again. */
  readonly lost: number;
  readonly failed: number;
  /** Minor units that the stopped repeats would have been charged once more. */
  readonly saved: number;
}

const rememberedOrders = 1_000;
const shownWrong = 20;

/** What the storm's clients know, written down as they hear it: from their side of the wire alone. */
export class StormBooks {
  private requests = 0;
  private replayed = 0;
  private inFlight = 0;
  private lost = 0;
  private failed = 0;
  private saved = 0;
  private readonly orderOfKey = new Map<string, string>();
  private readonly orders = new Set<string>();
  private readonly repeatsBeforeAnswer = new Map<string, number>();
  private readonly wrong: string[] = [];

  /** @returns whether the client has the operation's answer now */
  note(key: string, attempt: Attempt): boolean {
    this.requests += 1;
    if (attempt.kind === 'lost') {
      this.lost += 1;
      return false;
    }
    if (attempt.status === 409) {
      this.inFlight += 1;
      this.repeatsBeforeAnswer.set(key, (this.repeatsBeforeAnswer.get(key) ?? 0) + 1);
      return false;
    }
    if (attempt.status >= 500) {
      this.failed += 1;
      return false;
    }
    if (attempt.status !== 201) {
      this.complain(`Key ${key} was answered ${attempt.status}: ${attempt.body.slice(0, 200)}`);
      return true;
    }
    const order = orderIn(attempt.body);
    if (order === undefined) {
      this.complain(`Key ${key} was answered 201 without an order: ${attempt.body.slice(0, 200)}`);
      return true;
    }
    const { id, total } = order;
    const before = this.orderOfKey.get(key);
    if (before !== undefined && before !== id)
      this.complain(`Key ${key} has two orders: ${before} and ${id}`);
    this.orderOfKey.set(key, id);
    this.orders.add(id);
    if (attempt.replayed) {
      this.replayed += 1;
      this.saved += total;
    }
    this.saved += total * (this.repeatsBeforeAnswer.get(key) ?? 0);
    this.repeatsBeforeAnswer.delete(key);
    return true;
  }

  /** What must be there, and what must never be: a key that was answered with two orders, an answer that makes no sense. */
  testimony(): Testimony {
    return {
      acknowledged: [...this.orders].slice(-rememberedOrders),
      keysAnswered: this.orderOfKey.size,
      orders: this.orders.size,
      wrong: [...this.wrong],
    };
  }

  view(rate: number, pending: number): StormView {
    const { requests, replayed, inFlight, lost, failed, saved } = this;
    return { rate, requests, orders: this.orders.size, pending, replayed, inFlight, lost, failed, saved };
  }

  private complain(sentence: string): void {
    if (this.wrong.length < shownWrong) this.wrong.push(sentence);
  }
}

interface Acknowledged {
  readonly id: string;
  readonly total: number;
}

/** @returns undefined where the body names no order: that is for the books to say, not for a storm to end by */
function orderIn(body: string): Acknowledged | undefined {
  try {
    const order: { id?: unknown; total?: { amount?: unknown } } | null = JSON.parse(body);
    const id = order?.id;
    const total = order?.total?.amount;
    return typeof id === 'string' && typeof total === 'number' ? { id, total } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
