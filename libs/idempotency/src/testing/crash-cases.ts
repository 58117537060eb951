import { deepEqual, equal, fail, ok } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { within } from '../engine/deadline.js';
import type { Case } from './case.js';
import { Crash, type CrashKind, type CrashPoint, crashKinds, crashPoints } from './crash.js';
import { type Database, interposePool, poolOf } from './interpose.js';
import type { Interposer } from './line.js';
import { type Again, type Heard, read, type Sent } from './reply.js';
import { Stragglers } from './stragglers.js';

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

/** A handler is struck after each of its statements, up to this many. */
const statementsStruck = 5;
const retryEvery = 10;

/**
 * Crashes your operation at every point of the protocol, retries as a client does, and checks that it had one effect
 * and that everybody heard one answer.
 *
 * ```ts
 * for (const { name, run } of crashCases(target)) it(name, run);
 * ```
 */
export function crashCases<App extends Instance>(target: CrashTarget<App>): Case[] {
  const suite = new CrashSuite(target);
  return [
    { name: 'has one effect and repeats its answer when nothing goes wrong', run: () => suite.undisturbed() },
    { name: 'awaits every statement of the handler', run: () => suite.stragglers() },
    { name: 'has one effect when two instances are asked at once', run: () => suite.race() },
    ...crashKinds.flatMap((kind) =>
      crashPoints.map((point) => ({
        name: `has one effect and one answer when ${kind} ${point}`,
        run: () => (point === 'in the effect' ? suite.crashInEffect(kind) : suite.crash(point, kind)),
      })),
    ),
  ];
}

class CrashSuite<App extends Instance> {
  constructor(private readonly target: CrashTarget<App>) {}

  async undisturbed(): Promise<void> {
    const key = randomUUID();
    await this.using(async (app) => {
      const first = await this.ask(app, key);
      await this.expectEffects(app, key, 1, 'after the first request');
      await this.expectSameAnswer(app, key, first);
      await this.expectEffects(app, key, 1, 'after the second request');
    });
  }

  async stragglers(): Promise<void> {
    const key = randomUUID();
    await this.using(async (app) => {
      const stragglers = new Stragglers();
      const takeAway = interpose(app, stragglers);
      await this.ask(app, key).finally(takeAway);
      const [late] = stragglers.found;
      if (late !== undefined)
        fail(`The handler returned before a statement of its own was answered; await it: ${late}`);
      await this.expectEffects(
        app,
        key,
        1,
        'although the handler had returned: does it await all that it writes?',
      );
    });
  }

  async race(): Promise<void> {
    const key = randomUUID();
    await this.using((here) =>
      this.using(async (there) => {
        const [one, other] = await Promise.all([this.ask(here, key), this.ask(there, key)]);
        deepEqual(other, one, 'Two instances gave two answers for one key.');
        await this.expectEffects(here, key, 1, 'after two instances were asked at once');
      }),
    );
  }

  async crashInEffect(kind: CrashKind): Promise<void> {
    for (let nth = 1; nth <= statementsStruck; nth += 1) {
      const reached = await this.attempt(new Crash('in the effect', kind, nth));
      if (reached) continue;
      ok(
        nth > 1,
        'The handler sent nothing over the connection of its operation: its writes are not part of the transaction. Write through the DataSource or the pool that the engine uses, or through the transaction that the handler is given.',
      );
      return;
    }
  }

  async crash(point: CrashPoint, kind: CrashKind): Promise<void> {
    const reached = await this.attempt(new Crash(point, kind));
    ok(
      reached,
      `The operation never came to the point "${point}": is it executed by the engine, over this database?`,
    );
  }

  /** @returns whether the point was reached */
  private attempt(crash: Crash): Promise<boolean> {
    return crash.kind === 'the process dies' ? this.die(crash) : this.loseConnection(crash);
  }

  private async die(crash: Crash): Promise<boolean> {
    const key = randomUUID();
    const victim = await this.target.start();
    interpose(victim, crash);
    const sent = Promise.resolve(this.target.send(victim, key)).then(read);
    try {
      const first = await Promise.race([crash.happened, sent]);
      if (first !== undefined) return false;
      await this.using(async (survivor) => {
        const stored = crash.point === 'after the commit, before its answer' ? 1 : 0;
        await this.expectEffects(survivor, key, stored, `after the process died ${crash.point}`);
        const answer = await this.ask(survivor, key);
        await this.expectEffects(survivor, key, 1, `after the retry of what died ${crash.point}`);
        await this.expectSameAnswer(survivor, key, answer);
      });
      return true;
    } finally {
      crash.bury();
      await sent.catch(() => undefined);
      // A process that died closes nothing in an orderly way: what its stop complains of is not the promise's matter.
      await this.stop(victim).catch(() => undefined);
    }
  }

  private async loseConnection(crash: Crash): Promise<boolean> {
    const key = randomUUID();
    return this.using(async (app) => {
      interpose(app, crash);
      const answer = await this.ask(app, key);
      if (!crash.hasHappened) return false;
      await this.expectEffects(app, key, 1, `after the connection was lost ${crash.point}`);
      await this.using((other) => this.expectSameAnswer(other, key, answer));
      await this.expectEffects(app, key, 1, `after a retry of what lost its connection ${crash.point}`);
      return true;
    });
  }

  private async using<Result>(work: (app: App) => Promise<Result>): Promise<Result> {
    const app = await this.target.start();
    try {
      return await work(app);
    } finally {
      await this.stop(app);
    }
  }

  private async stop(app: App): Promise<void> {
    await app.stop();
  }

  /** As a client does: again, until there is an answer. */
  private async ask(app: App, key: string): Promise<Heard> {
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

  private async once(app: App, key: string): Promise<Heard | Again> {
    let sent: Sent;
    try {
      sent = await this.target.send(app, key);
    } catch (error) {
      return { again: `the request itself failed: ${error}` };
    }
    return read(sent);
  }

  private async expectEffects(app: App, key: string, expected: number, when: string): Promise<void> {
    const effects = await this.target.effects(app, key);
    equal(effects, expected, `The effect is there ${effects} times instead of ${expected}, ${when}.`);
  }

  private async expectSameAnswer(app: App, key: string, first: Heard): Promise<void> {
    deepEqual(await this.ask(app, key), first, 'A retry was given another answer than the first request.');
  }
}

/** @returns takes it away again */
function interpose(app: Instance, interposer: Interposer): () => void {
  const databases = [app.database].flat();
  const takeAway = databases.map((database) => interposePool(poolOf(database), interposer));
  return () => {
    for (const each of takeAway) each();
  };
}
