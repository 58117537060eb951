import type { Case } from './case.js';
import { crashPolicies } from './contract/crashes.js';
import { failurePolicies } from './contract/failures.js';
import { groupPolicies } from './contract/groups.js';
import { type LeasedContractTarget, LeasedTrial, leasedPolicies } from './contract/leased.js';
import { oncePolicies } from './contract/once.js';
import { requestPolicies } from './contract/requests.js';
import { type ContractTarget, Trial } from './contract/trial.js';

const policies = [
  ...oncePolicies,
  ...requestPolicies,
  ...failurePolicies,
  ...groupPolicies,
  ...crashPolicies,
];

/**
 * What every engine keeps, whatever its connections are made of: for whoever writes a `ConnectionSource` of his own, or
 * another engine. The database is one of tests: cases leave keys and rows of a table `contract_effect` behind.
 *
 * ```ts
 * const connections = new PgConnections(pool);
 * for (const { name, run } of contractCases({ connections, engine: (over) => new Engine(over) })) it(name, run);
 * ```
 */
export function contractCases(target: ContractTarget): Case[] {
  const ready = preparation(target);
  return policies.map(({ name, check }) => ({
    name,
    run: async () => {
      await ready();
      await check(new Trial(target));
    },
  }));
}

/** What every engine of leased operations keeps; otherwise as `contractCases`. */
export function leasedContractCases(target: LeasedContractTarget): Case[] {
  const ready = preparation(target);
  return leasedPolicies.map(({ name, check }) => ({
    name,
    run: async () => {
      await ready();
      await check(new LeasedTrial(target));
    },
  }));
}

function preparation(target: Pick<ContractTarget, 'connections'>): () => Promise<void> {
  let prepared: Promise<void> | undefined;
  return () => {
    prepared ??= Trial.prepare(target);
    return prepared;
  };
}
