import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

// In PostgreSQL's protocol a statement's text and its command tag both end with a zero byte: BEGIN … READ COMMITTED has none there.
const commit = Buffer.from('COMMIT\0');

/**
 * What can be lost on the way: an `answer`; a `commit`, PostgreSQL's acknowledgement of a COMMIT that it has carried out; a
 * `commit request`, the COMMIT that it never hears of.
 */
export type Loss = 'answer' | 'commit' | 'commit request';

interface Demand {
  readonly what: Loss;
  /** How many pass unharmed before. */
  spared: number;
  left: number;
}

/** A connection through the link, and what is withheld of it. */
interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  /** What is to happen once the link is let go: in order. */
  readonly withheld: (() => void)[];
  /** One end is gone, and the other is not told. */
  halfOpen: boolean;
}

/** A port of 127.0.0.1 that leads to another one, by a cable that can be hurt. */
export class TcpLink {
  private readonly server: Server;
  private readonly pairs = new Set<Pair>();
  private cuts = 0;
  private holds = 0;
  private latencyMs = 0;
  private readonly demands = new Set<Demand>();

  constructor(
    readonly name: string,
    private readonly target: number,
    private readonly targetHost = '127.0.0.1',
  ) {
    this.server = createServer({ noDelay: true }, (near) => this.open(near));
  }

  /** A link to a database. @returns it with the URL that leads through it */
  static async to(url: string): Promise<{ readonly link: TcpLink; readonly url: string }> {
    const through = new URL(url);
    const link = new TcpLink(`postgres ${through.host}`, Number(through.port || 5432), through.hostname);
    through.hostname = '127.0.0.1';
    through.port = String(await link.listen());
    return { link, url: through.href };
  }

  /** @param port where to listen; the system picks one where it is absent */
  async listen(port = 0): Promise<number> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('A TCP server without a port.');
    return address.port;
  }

  get connections(): number {
    return this.pairs.size;
  }

  /** @returns how many connections were reset */
  reset(): number {
    const pairs = [...this.pairs];
    for (const { near, far } of pairs) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
    return pairs.length;
  }

  /** Every connection ends, as where a server's process has ended, and so does every new one, until `heal`. */
  cut(): { readonly hit: number; heal(): void } {
    const pairs = [...this.pairs];
    this.cuts += 1;
    for (const { near, far } of pairs) {
      near.destroy();
      far.destroy();
    }
    return {
      hit: pairs.length,
      heal: () => {
        this.cuts -= 1;
      },
    };
  }

  /** One end of every connection vanishes; `heal` ends what is left of them. */
  halfOpen(which: 'near' | 'far'): { readonly hit: number; heal(): void } {
    const pairs = [...this.pairs].filter((pair) => !pair.halfOpen);
    for (const pair of pairs) {
      pair.halfOpen = true;
      pair[which].resetAndDestroy();
    }
    return {
      hit: pairs.length,
      heal: () => {
        for (const { near, far } of pairs) {
          near.resetAndDestroy();
          far.resetAndDestroy();
        }
      },
    };
  }

  /** Nothing passes until `heal`. */
  withhold(): { readonly hit: number; heal(how: 'deliver' | 'reset'): void } {
    const hit = this.pairs.size;
    this.holds += 1;
    return {
      hit,
      heal: (how) => {
        this.holds -= 1;
        if (this.holds > 0) return;
        if (how === 'reset') this.reset();
        for (const pair of this.pairs) for (const act of pair.withheld.splice(0)) act();
      },
    };
  }

  /** Every packet takes so much longer, until `heal`. */
  slow(latencyMs: number): { readonly hit: number; heal(): void } {
    this.latencyMs += latencyMs;
    return {
      hit: this.pairs.size,
      heal: () => {
        this.latencyMs -= latencyMs;
      },
    };
  }

  /**
   * The next so many are lost, after some that are spared, and so are their connections: the near end hears a reset. `heal` tells
   * how many were.
   */
  lose(what: Loss, count: number, { spared = 0 } = {}): { heal(): number } {
    const demand = { what, spared, left: count };
    this.demands.add(demand);
    return {
      heal: () => {
        this.demands.delete(demand);
        return count - demand.left;
      },
    };
  }

  close(): void {
    this.server.close();
    this.reset();
  }

  private open(near: Socket): void {
    if (this.cuts > 0) {
      near.destroy();
      return;
    }
    const far = connect({ port: this.target, host: this.targetHost, noDelay: true });
    const pair: Pair = { near, far, withheld: [], halfOpen: false };
    this.pairs.add(pair);
    this.carry(pair, near, far);
    this.carry(pair, far, near);
  }

  private carry(pair: Pair, from: Socket, to: Socket): void {
    from.on('data', (bytes) => {
      if (pair.halfOpen) return;
      if (this.isLost(bytes, from === pair.far)) {
        pair.near.resetAndDestroy();
        pair.far.resetAndDestroy();
        return;
      }
      this.pass(pair, () => {
        if (!to.destroyed && !to.write(bytes)) {
          from.pause();
          to.once('drain', () => from.resume());
        }
      });
    });
    from.once('end', () => this.pass(pair, () => to.end()));
    // Told by the 'close' that follows.
    from.on('error', () => undefined);
    from.once('close', (hadError) => {
      if (pair.near.destroyed && pair.far.destroyed) this.pairs.delete(pair);
      if (pair.halfOpen) return;
      this.pass(pair, () => (hadError ? to.resetAndDestroy() : to.destroySoon()));
    });
  }

  private isLost(bytes: Buffer, isAnswer: boolean): boolean {
    for (const demand of this.demands) {
      if (demand.left === 0 || isAnswer !== (demand.what !== 'commit request')) continue;
      if (demand.what !== 'answer' && !bytes.includes(commit)) continue;
      if (demand.spared > 0) demand.spared -= 1;
      else {
        demand.left -= 1;
        return true;
      }
    }
    return false;
  }

  /** Now, later or once the link is let go: always in order. */
  private pass(pair: Pair, act: () => void): void {
    if (this.holds > 0 || pair.withheld.length > 0) pair.withheld.push(act);
    else if (this.latencyMs > 0) {
      // Whatever follows queues up behind it.
      pair.withheld.push(act);
      setTimeout(() => {
        if (this.holds === 0) for (const waiting of pair.withheld.splice(0)) waiting();
      }, this.latencyMs);
    } else act();
  }
}
