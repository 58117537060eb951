import { Readable } from 'node:stream';

/** Shorter than the 60 s after which common proxies give an idle connection up. */
const heartbeatMs = 15_000;
const reconnectMs = 2_000;

/** The body of a `text/event-stream` answer (WHATWG HTML, section 9.2). Whoever made it ends it with `end()`. */
export class EventStream extends Readable {
  private readonly heartbeat: NodeJS.Timeout;

  constructor(heartbeatEvery = heartbeatMs) {
    super();
    this.push(`retry: ${reconnectMs}\n\n`);
    // A comment: clients ignore it, and a connection that is gone is noticed by it.
    this.heartbeat = setInterval(() => this.push(':\n\n'), heartbeatEvery);
    this.heartbeat.unref();
  }

  send({ id, data }: { readonly id: number; readonly data: object }): void {
    this.push(`id: ${id}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  end(): void {
    clearInterval(this.heartbeat);
    this.push(null);
  }

  /** What is sent comes when it happens, not when it is asked for; there is little of it, so it may wait in memory. */
  override _read(): void {}

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearInterval(this.heartbeat);
    done(error);
  }
}
