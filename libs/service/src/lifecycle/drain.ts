import type { FastifyInstance } from 'fastify';
import { Problem } from '../problems/problem.js';

/**
 * Counts the running requests and, once stopping has begun, lets no new ones in. Answers that go on for long, such as event
 * streams, end themselves on `signal`.
 */
export class Drain {
  private readonly stopping = new AbortController();
  private running = 0;
  private onIdle: (() => void) | undefined;

  /** Aborted when stopping begins. */
  get signal(): AbortSignal {
    return this.stopping.signal;
  }

  /** Counts a request in; the returned function counts it out. */
  enter(): () => void {
    this.running += 1;
    return () => {
      this.running -= 1;
      if (this.running === 0) this.onIdle?.();
    };
  }

  begin(): void {
    this.stopping.abort();
  }

  /** Waits until no request runs, at most `timeoutMs`. @returns how many still ran */
  async idle(timeoutMs: number): Promise<number> {
    if (this.running > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        this.onIdle = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return this.running;
  }

  /** While stopping: health and metrics are still answered, everything else is 503 and its connection closed. */
  refuseNewRequests(instance: FastifyInstance): void {
    instance.addHook('onRequest', (request, reply, done) => {
      if (!this.signal.aborted) return done();
      reply.header('connection', 'close');
      if (request.url.startsWith('/health/') || request.url === '/metrics') return done();
      const headers = { 'retry-after': '1' };
      return done(
        new Problem('service-unavailable', 'This process is shutting down. Try again.', { headers }),
      );
    });
  }
}
