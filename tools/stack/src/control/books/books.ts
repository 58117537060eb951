import { setTimeout as delay } from 'node:timers/promises';
import type { Databases } from '../database.js';
import {
  missingOrders,
  newestOrders,
  type OrderStory,
  ordersAfter,
  reservationsOf,
} from './sql/compare-stories.js';
import { countOrders, type OrderCounts } from './sql/count-orders.js';
import { countReservations, type ReservationCounts } from './sql/count-reservations.js';
import { type KeysAndOrders, matchKeys } from './sql/match-keys.js';
import { type StockWeighed, weighStock } from './sql/weigh-stock.js';
import { contradiction } from './stories.js';

/** What clients say. */
export interface Testimony {
  /** The newest orders that they have got an answer for. */
  readonly acknowledged: readonly string[];
  /** Keys whose client has an answer, and the different orders that these answers name. */
  readonly keysAnswered: number;
  readonly orders: number;
  /** What no client must ever be told. */
  readonly wrong: readonly string[];
}

export interface BooksView {
  readonly keys: KeysAndOrders;
  readonly orders: OrderCounts;
  readonly reservations: ReservationCounts;
  /** Orders that Inventory had not decided when it was asked. */
  readonly open: number;
  /** Orders whose story the two services tell differently. */
  readonly contradictions: readonly string[];
  /** Orders that a client has got an answer for and that are not there. */
  readonly lost: readonly string[];
  readonly stock: StockWeighed;
  /** What clients said before the databases were read: all of it must be there. */
  readonly heard: Testimony;
}

const shownOffenders = 20;
const newest = 500;
const walked = 2_000;
/** Reading the books takes at most a fifth of the time. */
const rest = 4;
const atLeast = 1_000;

/** Both databases' books, held against each other while the shop is open. */
export class Books {
  private latest: BooksView | undefined;
  private reading: Promise<BooksView> | undefined;
  private nextAt = 0;
  /** Where the walk over all orders has got to. */
  private walkedTo: string | undefined;

  /** @param hear asked before each reading, so that no answer is newer than the books */
  constructor(
    private readonly databases: Databases,
    private readonly hear: () => Testimony,
  ) {}

  /** What was read a moment ago, or now. */
  async read(): Promise<BooksView> {
    if (this.reading !== undefined) return this.reading;
    if (this.latest !== undefined && performance.now() < this.nextAt) return this.latest;
    const begun = performance.now();
    this.reading = this.open();
    try {
      this.latest = await this.reading;
      return this.latest;
    } finally {
      this.reading = undefined;
      const now = performance.now();
      this.nextAt = now + Math.max(atLeast, (now - begun) * rest);
    }
  }

  /**
   * The books once Inventory has decided every order, or as they are when patience ends.
   * @param patience in milliseconds
   */
  async readDecided(patience: number): Promise<BooksView> {
    const givenUp = performance.now() + patience;
    for (;;) {
      const view = await this.read();
      if ((view.open === 0 && view.orders.placed === 0) || performance.now() > givenUp) return view;
      await delay(200);
    }
  }

  private async open(): Promise<BooksView> {
    const { order, inventory } = this.databases;
    const heard = this.hear();
    // Inventory, Order, Inventory: so that each of Order's orders is met by an Inventory that is at least as new, and each of
    // Inventory's reservations by an Order that is.
    const reservations = one(await inventory.query(countReservations()));
    const [keys, orders, newestStories, walkedStories, lost] = await Promise.all([
      order.query(matchKeys(shownOffenders)).then(one),
      order.query(countOrders()).then(one),
      order.query(newestOrders(newest)),
      order.query(ordersAfter(this.walkedTo, walked)),
      order.query(missingOrders(heard.acknowledged)),
    ]);
    this.walkedTo = walkedStories.length < walked ? undefined : walkedStories.at(-1)?.id;
    const stories = [
      ...new Map([...newestStories, ...walkedStories].map((story) => [story.id, story])).values(),
    ];
    const [contradictions, stock] = await Promise.all([
      this.compare(stories),
      inventory.query(weighStock(shownOffenders)).then(one),
    ]);
    return {
      keys,
      orders,
      reservations,
      open: orders.total - reservations.total,
      contradictions,
      lost: lost.map(({ id }) => `Order ${id} was acknowledged and is not there`),
      stock,
      heard,
    };
  }

  private async compare(stories: readonly OrderStory[]): Promise<string[]> {
    const found = await this.databases.inventory.query(reservationsOf(stories.map(({ id }) => id)));
    const byId = new Map(found.map((reservation) => [reservation.id, reservation]));
    return stories
      .flatMap((story) => contradiction(story, byId.get(story.id)) ?? [])
      .slice(0, shownOffenders);
  }
}

function one<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined) throw new Error('A sum has no row.');
  return row;
}
