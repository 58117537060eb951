import { deepEqual, equal, fail, ok } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { within } from '../engine/deadline.js';
import { type Aim, Crash, type CrashKind } from './crash.js';
import { type Database, interposePool, poolOf } from './interpose.js';
import type { Interposer } from './line.js';
import { type Again, type Heard, read, type Sent } from './reply.js';

/** One running instance of your application. */
export interface Instance {
  /** Where its connections come from. Instances never share a pool. */
  readonly database: Database | readonly Database[];
  /** Ends it and closes its pool. */
  stop(): Promise<unknown>;
}

/** Your application, or one handler of it, as the suite uses it. */
export interface CrashTarget<App extends Instance> {
  /** Starts it as a new process would: with a pool of its own, over the same database. */
  start(): Promise<App>;
  /**
   * Sends one request, always the same one for the same key: what fetch answered, or an outcome of
   * `Idempotency.execute()`. The key is unique; put it in the request too if `effects` has to find it.
   */
  send(app: App, key: string): Promise<Sent>;
  /** How often the request's effect is there: rows that it wrote, say. */
  effects(app: App, key: string): Promise<number>;
  /** How long a client goes on asking before the key counts as stuck, in milliseconds. Default 10 s. */
  readonly patience?: number;
}

/** An operation is struck in each of its parts, up to this many. */
const partsStruck = 5;
const retryEvery = 10;

/** Starts and stops instances, strikes them at every point, asks as a client does. */
export abstract class CrashSuite<
  App extends Instance,
  Point extends string,
  Target extends CrashTarget<App> = CrashTarget<App>,
> {
  /** How an operation is executed that comes to every point. */
  protected abstract readonly executed: string;
  /** What is wrong with an operation that has no part to be struck in. */
  protected abstract readonly partless: string;

  constructor(protected readonly target: Target) {}

  /** @param nth of the points in its parts: which of them, from 1 */
  protected abstract aim(point: Point, nth?: number): Aim;

  /** What another process finds and does when the owner died at the point. */
  protected abstract succeed(survivor: App, key: string, point: Point): Promise<void>;

  /** What else holds, besides the one effect, of an operation whose process lived. */
  protected async expectBesides(_app: App, _key: string, _when: string): Promise<void> {}

  async undisturbed(): Promise<void> {
    const key = randomUUID();
    await this.using(async (app) => {
      const first = await this.ask(app, key);
      await this.expectEffects(app, key, 1, 'after the first request');
      await this.expectSameAnswer(app, key, first);
      await this.expectEffects(app, key, 1, 'after the second request');
      await this.expectBesides(app, key, 'although nothing went wrong');
    });
  }

  async race(): Promise<void> {
    await this.using((here) =>
      this.using(async (there) => {
        const key = randomUUID();
        const [one, other] = await Promise.all([this.ask(here, key), this.ask(there, key)]);
        deepEqual(other, one, 'Two instances gave two answers for one key.');
        await this.expectEffects(here, key, 1, 'after two instances were asked at once');
        await this.expectBesides(here, key, 'after two instances were asked at once');
      }),
    );
  }

  async crash(point: Point, kind: CrashKind): Promise<void> {
    const reached = await this.strike(point, kind);
    ok(
      reached,
      `The operation never came to the point "${point}": is it executed ${this.executed}, over this database?`,
    );
  }

  /** One crash in each part of the operation that there is. */
  async crashInParts(point: Point, kind: CrashKind): Promise<void> {
    for (let nth = 1; nth <= partsStruck; nth += 1) {
      const reached = await this.strike(point, kind, nth);
      if (reached) continue;
      ok(nth > 1, this.partless);
      return;
    }
  }

  /** @returns whether the point was reached */
  private strike(point: Point, kind: CrashKind, nth?: number): Promise<boolean> {
    const crash = new Crash(kind, this.aim(point, nth));
    return kind === 'the process dies' ? this.die(crash, point) : this.loseConnection(crash, point);
  }

  private async die(crash: Crash, point: Point): Promise<boolean> {
    const key = randomUUID();
    const victim = await this.target.start();
    interpose(victim, crash);
    const sent = Promise.resolve(this.target.send(victim, key)).then(read);
    try {
      const first = await Promise.race([crash.happened, sent]);
      if (first !== undefined) return false;
      await this.using((survivor) => this.succeed(survivor, key, point));
      return true;
    } finally {
      crash.bury();
      await sent.catch(() => undefined);
      // A process that died closes nothing in an orderly way: what its stop complains of is not the promise's matter.
      await this.stop(victim).catch(() => undefined);
    }
  }

  private async loseConnection(crash: Crash, point: Point): Promise<boolean> {
    const key = randomUUID();
    const when = `after the connection was lost ${point}`;
    return this.using(async (app) => {
      interpose(app, crash);
      const answer = await this.ask(app, key);
      if (!crash.hasHappened) return false;
      await this.expectEffects(app, key, 1, when);
      await this.expectBesides(app, key, when);
      await this.using((other) => this.expectSameAnswer(other, key, answer));
      await this.expectEffects(app, key, 1, `after a retry of what lost its connection ${point}`);
      return true;
    });
  }

  protected async using<Result>(work: (app: App) => Promise<Result>): Promise<Result> {
    const app = await this.target.start();
    try {
      return await work(app);
    } finally {
      await this.stop(app);
    }
  }

  protected async stop(app: App): Promise<void> {
    await app.stop();
  }

  /** As a client does: again, until there is an answer. */
  protected async ask(app: App, key: string): Promise<Heard> {
    const { patience = 10_000 } = this.target;
    const until = performance.now() + patience;
    let last = 'no answer at all';
    while (performance.now() < until) {
      const heard = await within(this.once(app, key), Math.max(1, until - performance.now()));
      if (heard === undefined) break;
      if (!('again' in heard)) return heard;
      last = heard.again;
      await pause(retryEvery);
    }
    return fail(`The key is stuck: no answer was had within ${patience} ms. The last one was: ${last}.`);
  }

  protected async once(app: App, key: string): Promise<Heard | Again> {
    let sent: Sent;
    try {
      sent = await this.target.send(app, key);
    } catch (error) {
      return { again: `the request itself failed: ${error}` };
    }
    return read(sent);
  }

  protected async expectEffects(app: App, key: string, expected: number, when: string): Promise<void> {
    const effects = await this.target.effects(app, key);
    equal(effects, expected, `The effect is there ${effects} times instead of ${expected}, ${when}.`);
  }

  protected async expectSameAnswer(app: App, key: string, first: Heard): Promise<void> {
    deepEqual(await this.ask(app, key), first, 'A retry was given another answer than the first request.');
  }
}

/** @returns takes it away again */
export function interpose(app: Instance, interposer: Interposer): () => void {
  const databases = [app.database].flat();
  const takeAway = databases.map((database) => interposePool(poolOf(database), interposer));
  return () => {
    for (const each of takeAway) each();
  };
}
