import { deepEqual, equal } from 'node:assert/strict';
import type { ConnectionSource } from '../../connection.js';
import { type Deferred, deferred } from '../../engine/deferred.js';
import { Engine } from '../../engine/engine.js';
import type { LeasedEngine, LeasedWork } from '../../leased/leased-engine.js';
import type { Outcome } from '../../operation.js';
import { expectOutcome, Trial } from './trial.js';

/** What the contract asks of an engine of leased operations. */
export type LeasedEngineUnderTest = Pick<LeasedEngine, 'execute'>;

/** An engine of leased operations over connections of yours, with a database in which the migrations have run. */
export interface LeasedContractTarget {
  readonly connections: ConnectionSource;
  /** A new engine, as a new process has one. */
  leased(connections: ConnectionSource): LeasedEngineUnderTest;
}

interface LeasedPolicy {
  readonly name: string;
  check(trial: LeasedTrial): Promise<void>;
}

/** An owner whose handler stands still in the middle, and how to let it go on. */
interface StandingOwner {
  readonly outcome: Promise<Outcome>;
  goOn(): void;
}

export class LeasedTrial extends Trial {
  constructor(private readonly leasedTarget: LeasedContractTarget) {
    super({ connections: leasedTarget.connections, engine: (over) => new Engine(over) });
  }

  execute(work: LeasedWork<string>): Promise<Outcome> {
    const { leased, connections } = this.leasedTarget;
    return leased(connections).execute(this.operation(), work);
  }

  /** Executes `before`, stands still, then `after`. Resolves when it stands. */
  async stand(before: LeasedWork<string>, after: LeasedWork<string> = before): Promise<StandingOwner> {
    const [standing, go]: [Deferred<void>, Deferred<void>] = [deferred(), deferred()];
    const outcome = this.execute(async (operation) => {
      await before(operation);
      standing.resolve();
      await go.promise;
      return after(operation);
    });
    await Promise.race([standing.promise, outcome]);
    return { outcome, goOn: () => go.resolve() };
  }

  /** Whatever a policy finds, no owner is left standing. */
  async beside(owner: StandingOwner, check: () => Promise<void>): Promise<void> {
    try {
      await check();
    } finally {
      owner.goOn();
      await owner.outcome;
    }
  }

  readonly answering =
    (name: string): LeasedWork<string> =>
    async () =>
      this.answer(name);
}

export const leasedPolicies: readonly LeasedPolicy[] = [
  {
    name: 'shows the claim to everybody before the outside world is called',
    check: async (trial) => {
      const seen: string[][] = [];
      const outcome = await trial.execute(async () => {
        seen.push(await trial.statuses());
        return trial.answer('k');
      });
      expectOutcome(outcome, 'executed', trial.answer('k'));
      deepEqual([...seen, await trial.statuses()], [['Received'], ['Processed']]);
    },
  },
  {
    name: 'keeps others out while the lease lasts, and lets one in when it is over',
    check: async (trial) => {
      const owner = await trial.stand(trial.answering('owner'));
      await trial.beside(owner, async () => {
        expectOutcome(await trial.execute(trial.answering('intruder')), 'in-flight');
        await trial.lapse();
        expectOutcome(
          await trial.execute(trial.answering('successor')),
          'executed',
          trial.answer('successor'),
        );
      });
    },
  },
  {
    name: 'continues from what a dead owner had recorded',
    check: async (trial) => {
      const calls: string[] = [];
      const charge: LeasedWork<string> = async (operation) => {
        const receipt = await operation.step('charge', async () => `receipt ${calls.push('charge')}`);
        return trial.answer(receipt);
      };
      const owner = await trial.stand(charge);
      await trial.beside(owner, async () => {
        await trial.lapse();
        expectOutcome(await trial.execute(charge), 'executed', trial.answer('receipt 1'));
        equal(calls.length, 1, 'A recorded step was called again.');
      });
    },
  },
  {
    name: 'calls again with the same key when the owner died between a call and its record',
    check: async (trial) => {
      const keys: string[] = [];
      const [called, answered]: [Deferred<void>, Deferred<void>] = [deferred(), deferred()];
      const charge: LeasedWork<string> = async (operation) => {
        await operation.step('charge', async ({ key }) => {
          keys.push(key);
          called.resolve();
          if (keys.length === 1) await answered.promise;
          return 'receipt';
        });
        return trial.answer('k');
      };
      const owner = trial.execute(charge);
      await Promise.race([called.promise, owner]);
      await trial.lapse();
      try {
        expectOutcome(await trial.execute(charge), 'executed', trial.answer('k'));
        deepEqual(keys, [keys[0], keys[0]], 'The successor called with another key.');
      } finally {
        answered.resolve();
        await owner;
      }
    },
  },
  {
    name: 'keeps the answer of the successor when a late owner completes',
    check: async (trial) => {
      const owner = await trial.stand(trial.answering('late'));
      await trial.lapse();
      const successor = await trial.stand(trial.answering('successor'));
      await trial.beside(successor, async () => {
        owner.goOn();
        equal((await owner.outcome).kind === 'executed', false, 'The late owner was told that he executed.');
      });
      expectOutcome(await trial.execute(trial.answering('retry')), 'replayed', trial.answer('successor'));
    },
  },
  {
    name: 'takes no step of a late owner',
    check: async (trial) => {
      const charge =
        (who: string): LeasedWork<string> =>
        async (operation) =>
          trial.answer(await operation.step('charge', async () => who));
      const owner = await trial.stand(trial.answering('late'), charge('late'));
      await trial.lapse();
      const successor = await trial.stand(trial.answering('successor'), charge('successor'));
      await trial.beside(successor, async () => {
        owner.goOn();
        await owner.outcome;
        await trial.lapse();
        expectOutcome(await trial.execute(charge('third')), 'executed', trial.answer('third'));
      });
    },
  },
  {
    name: 'keeps the lease of the successor when a late owner fails',
    check: async (trial) => {
      const owner = await trial.stand(trial.answering('late'), () => Promise.reject(new TypeError('late')));
      await trial.lapse();
      const successor = await trial.stand(trial.answering('successor'));
      await trial.beside(successor, async () => {
        owner.goOn();
        await owner.outcome;
        expectOutcome(await trial.execute(trial.answering('third')), 'in-flight');
      });
    },
  },
];
