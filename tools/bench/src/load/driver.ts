import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { Client, type Dispatcher } from 'undici';
import type { LoadResult, Plan, Quantiles } from './plan.js';

const quantities = [1, 2, 3, 5];

/** Sends what the plan says and waits for every answer. */
export async function drive(plan: Plan): Promise<LoadResult> {
  const driver = new Driver(plan);
  return plan.rate === undefined ? driver.closedLoop() : driver.openLoop(plan.rate);
}

class Driver {
  private readonly clients: Client[];
  private readonly accepted = createHistogram();
  private readonly refused = createHistogram();
  private readonly statuses = new Map<number, number>();
  private readonly acknowledged = new Set<number>();
  private readonly perSecond: number[] = [];
  private sent = 0;
  private errors = 0;
  private firstError: string | undefined;
  private replayed = 0;
  private startedAt = 0;
  private readonly cpuBefore = process.cpuUsage();

  constructor(private readonly plan: Plan) {
    const options = { pipelining: 1, headersTimeout: 60_000, bodyTimeout: 60_000 };
    this.clients = Array.from({ length: plan.connections }, (_, index) => {
      const url = plan.urls[index % plan.urls.length];
      if (url === undefined) throw new RangeError('The plan names no instance.');
      return new Client(url, options);
    });
  }

  /** Each connection sends its next request when the last one was answered. */
  async closedLoop(): Promise<LoadResult> {
    this.startedAt = performance.now();
    const end = this.startedAt + this.plan.seconds * 1_000;
    const loop = async (client: Client): Promise<void> => {
      while (performance.now() < end && this.mayGoOn()) await this.send(client, performance.now());
    };
    await Promise.all(this.clients.map(loop));
    return this.result();
  }

  /** Requests leave when they are due, by the clock; which of them are answered makes no difference to that. */
  async openLoop(rate: number): Promise<LoadResult> {
    this.startedAt = performance.now();
    const total = Math.floor(rate * this.plan.seconds);
    const free = [...this.clients];
    const due: number[] = [];
    let scheduled = 0;
    await new Promise<void>((resolve) => {
      const finished = (): void => {
        if (scheduled === total && due.length === 0 && free.length === this.clients.length) resolve();
      };
      const pump = (): void => {
        while (due.length > 0) {
          const client = free.pop();
          if (!client) return;
          const at = due.shift() ?? 0;
          void this.send(client, at).then(() => {
            free.push(client);
            pump();
            finished();
          });
        }
      };
      const tick = (): void => {
        const now = performance.now();
        while (scheduled < total) {
          const at = this.startedAt + (scheduled / rate) * 1_000;
          if (at > now) break;
          due.push(at);
          scheduled += 1;
        }
        pump();
        if (scheduled < total) setTimeout(tick, 1);
        else finished();
      };
      tick();
    });
    return this.result();
  }

  private mayGoOn(): boolean {
    return this.plan.requests === undefined || this.sent < this.plan.requests;
  }

  private send(client: Client, since: number): Promise<void> {
    const { first, modulus } = this.plan;
    const ordinal = first + (modulus === undefined ? this.sent : this.sent % modulus);
    this.sent += 1;
    return new Promise((resolve) => {
      let status = 0;
      let replayed = false;
      client.dispatch(this.request(ordinal), {
        onRequestStart: () => undefined,
        onResponseStart: (_controller, statusCode, headers) => {
          status = statusCode;
          replayed = headers['idempotency-replayed'] !== undefined;
        },
        onResponseData: () => undefined,
        onResponseEnd: () => {
          this.answered(ordinal, status, replayed, since);
          resolve();
        },
        onResponseError: (_controller, error) => {
          this.errors += 1;
          this.firstError ??= error.message;
          resolve();
        },
      });
    });
  }

  private request(ordinal: number): Dispatcher.DispatchOptions {
    const { path, tokens, skus, keyPrefix } = this.plan;
    const quantity = quantities[ordinal % quantities.length];
    const [one, two] = [skus[ordinal % skus.length], skus[(ordinal + 1 + (ordinal % 7)) % skus.length]];
    return {
      method: 'POST',
      path,
      headers: {
        authorization: `Bearer ${tokens[ordinal % tokens.length]}`,
        'content-type': 'application/json',
        'idempotency-key': `${keyPrefix}-${ordinal}`,
      },
      body: `{"lines":[{"sku":"${one}","quantity":${quantity}},{"sku":"${two}","quantity":1}]}`,
    };
  }

  private answered(ordinal: number, status: number, replayed: boolean, since: number): void {
    const now = performance.now();
    const latency = Math.max(1, Math.round((now - since) * 1_000));
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    if (status < 200 || status >= 300) {
      this.refused.record(latency);
      return;
    }
    this.accepted.record(latency);
    this.acknowledged.add(ordinal);
    if (replayed) this.replayed += 1;
    const second = Math.floor((now - this.startedAt) / 1_000);
    this.perSecond[second] = (this.perSecond[second] ?? 0) + 1;
  }

  private async result(): Promise<LoadResult> {
    const seconds = (performance.now() - this.startedAt) / 1_000;
    const { user, system } = process.cpuUsage(this.cpuBefore);
    await Promise.all(this.clients.map((client) => client.destroy()));
    return {
      seconds,
      sent: this.sent,
      statuses: Object.fromEntries(this.statuses),
      errors: this.errors,
      ...(this.firstError !== undefined && { firstError: this.firstError }),
      keys: this.acknowledged.size,
      replayed: this.replayed,
      accepted: quantilesOf(this.accepted),
      refused: quantilesOf(this.refused),
      perSecond: Array.from(this.perSecond, (count) => count ?? 0),
      cpu: user + system,
    };
  }
}

function quantilesOf(microseconds: RecordableHistogram): Quantiles {
  if (microseconds.count === 0) return { p50: 0, p99: 0, max: 0 };
  const at = (percentile: number): number => microseconds.percentile(percentile) / 1_000;
  return { p50: at(50), p99: at(99), max: microseconds.max / 1_000 };
}
