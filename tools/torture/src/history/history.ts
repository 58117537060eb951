import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import type { ServiceName } from '../chamber/services.js';
import type { Fault } from '../faults/schedule.js';

/** What a client asks for with a key. */
export interface Command {
  readonly caller: string;
  readonly key: string;
  /** 0, or another number for a request that differs: another fingerprint under the same key. */
  readonly variant: number;
  readonly kind: 'place' | 'cancel' | 'adjust' | 'pay';
  readonly service: ServiceName;
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Of a cancellation. */
  readonly orderId?: string;
  /** Of an adjustment. */
  readonly sku?: string;
  readonly delta?: number;
  /** Of a payment: what the provider is to do to the first who asks it for this charge. */
  readonly providerFault?: string;
}

export interface Answer {
  readonly status: number;
  /** Of a problem. */
  readonly code?: string;
  readonly body: string;
  readonly type?: string;
  readonly location?: string;
  readonly etag?: string;
  readonly replayed: boolean;
}

/** Milliseconds since the run's beginning. */
interface Timed {
  readonly at: number;
}

/**
 * `ok`: the operation has this answer. `fail`: refused, and the operation was not carried out by this request. `info`: nobody
 * knows; it may have been carried out, or may still be.
 */
export type HistoryEvent = Timed &
  (
    | {
        readonly event: 'invoke';
        readonly attempt: number;
        readonly command: Command;
        readonly instance: number;
        readonly prefer?: string;
      }
    | { readonly event: 'ok' | 'fail'; readonly attempt: number; readonly answer: Answer }
    | { readonly event: 'info'; readonly attempt: number; readonly why: string; readonly answer?: Answer }
    | { readonly event: 'fault'; readonly fault: Fault; readonly did: string }
    | { readonly event: 'note'; readonly what: string }
  );

/** Answers of the operation itself: what is stored and replayed. */
const operationProblems = new Set([
  'unknown-product',
  'insufficient-stock',
  'stock-limit-exceeded',
  'order-not-cancellable',
  'not-found',
]);

export function isOperationAnswer({ status, code }: Answer): boolean {
  return (status >= 200 && status < 300) || (code !== undefined && operationProblems.has(code));
}

/** What everybody did and heard, in memory for the checker and as JSON lines for people. */
export class History {
  readonly events: HistoryEvent[] = [];
  private readonly file: WriteStream | undefined;
  private readonly began = performance.now();
  private attempts = 0;

  constructor(path?: string) {
    this.file = path === undefined ? undefined : createWriteStream(path);
  }

  /** Milliseconds since the run's beginning. */
  now(): number {
    return Math.round((performance.now() - this.began) * 10) / 10;
  }

  /** @returns the number of the attempt, by which its end refers to it */
  invoke(command: Command, instance: number, prefer: string | undefined): number {
    const attempt = this.attempts++;
    this.add({ event: 'invoke', attempt, command, instance, ...(prefer !== undefined && { prefer }) });
    return attempt;
  }

  add(event: DistributiveOmit<HistoryEvent, 'at'>): void {
    const timed: HistoryEvent = { at: this.now(), ...event };
    this.events.push(timed);
    this.file?.write(`${JSON.stringify(timed)}\n`);
  }

  async close(): Promise<void> {
    if (!this.file) return;
    this.file.end();
    await once(this.file, 'close');
  }
}

type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;
