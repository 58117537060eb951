import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { type Log, metricsRegistry } from '@semel/service';
import { Gauge } from 'prom-client';
import type { DataSource } from 'typeorm';
import { read } from '../database/read.js';
import { findOldestPlaced, type OldestPlaced } from './sql/find-oldest-placed.js';

export interface UnansweredLimits {
  /** From which age on, in seconds, the log warns. */
  readonly warnAfter: number;
  /** How often it is looked, in milliseconds: also the least time from one warning to the next. */
  readonly every: number;
}

const metric = 'semel_oldest_placed_order_age_seconds';

/**
 * Shows orders that Inventory doesn't answer, whatever the reason: they stay `placed`, for nothing times out. The metric is read at
 * each scrape; the log needs no scraper.
 */
export class UnansweredOrders implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private warned = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly log: Log,
    private readonly limits: UnansweredLimits,
  ) {}

  onApplicationBootstrap(): void {
    this.observe();
    this.timer = setInterval(() => {
      this.looking = this.looking.then(() => this.look());
    }, this.limits.every);
    this.timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  /** Warns where the oldest has waited too long, and tells once that this is over. */
  async look(): Promise<void> {
    let oldest: OldestPlaced | undefined;
    try {
      oldest = await this.oldest();
    } catch (error) {
      this.log.warn({ err: error }, 'the oldest unanswered order could not be read');
      return;
    }
    if (oldest !== undefined && oldest.age > this.limits.warnAfter) {
      const seconds = Math.round(oldest.age);
      this.log.warn(
        { key: oldest.id, orderId: oldest.id, seconds },
        'the oldest placed order has had no answer from Inventory for too long: is Inventory running, does its consumer get on?',
      );
      this.warned = true;
    } else if (this.warned) {
      this.log.info('no placed order waits too long for its answer any more');
      this.warned = false;
    }
  }

  private observe(): void {
    metricsRegistry.removeSingleMetric(metric);
    const oldest = () => this.oldest();
    new Gauge({
      name: metric,
      help: 'How long the oldest order that is placed has been waiting for the answer of Inventory; 0 where none is',
      registers: [metricsRegistry],
      async collect() {
        // Without the database there is no number; the scrape itself goes on, and readiness tells why.
        this.set(
          await oldest().then(
            (found) => found?.age ?? 0,
            () => Number.NaN,
          ),
        );
      },
    });
  }

  private async oldest(): Promise<OldestPlaced | undefined> {
    const [row] = await read(this.dataSource, findOldestPlaced());
    return row;
  }
}
