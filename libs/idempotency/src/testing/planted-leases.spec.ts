import { randomUUID } from 'node:crypto';
import type { ConnectionSource } from '../connection.js';
import { Engine } from '../engine/engine.js';
import { LeasedEngine, type LeasedWork } from '../leased/leased-engine.js';
import type { LeasedOperation } from '../leased/leased-operation.js';
import type { LeasedContractTarget } from './contract/leased.js';
import { type Rewriting, rewrittenConnections } from './planted-engines.spec.js';

export interface LeaseBug {
  readonly bug: string;
  readonly caughtBy: string;
  readonly leased: LeasedContractTarget['leased'];
}

const over = (connections: ConnectionSource): LeasedEngine =>
  new LeasedEngine(connections, new Engine(connections));

export const rewriting =
  (rewrite: Rewriting): LeasedContractTarget['leased'] =>
  (connections) =>
    over(rewrittenConnections(connections, rewrite));

const fence = "fence = $3::bigint AND status = 'Received' AND leased_until > clock_timestamp()";

/** Statements of these names write whatever lease there is. */
const unfenced = (...names: string[]): LeasedContractTarget['leased'] =>
  rewriting((statement, run) => {
    const { name = '', text, values = [] } = statement;
    return names.includes(name)
      ? run({ values, text: text.replace(fence, '$3::bigint IS NOT NULL') })
      : run(statement);
  });

/** Nobody finds what an earlier owner recorded. */
export const forgetful = rewriting((statement, run) =>
  statement.name === 'semel-read-steps'
    ? run({ text: `${statement.text} AND false`, values: statement.values ?? [] })
    : run(statement),
);

/** The handler is given another operation than the engine's. */
const misleading =
  (change: (operation: LeasedOperation<never>) => object): LeasedContractTarget['leased'] =>
  (connections) => {
    const engine = over(connections);
    return {
      execute: (operation, work, times) =>
        engine.execute(
          operation,
          // The planted operation has the shape of the engine's own.
          (leased) => work(change(leased as LeasedOperation<never>) as typeof leased),
          times,
        ),
    };
  };

export const plantedLeaseBugs: readonly LeaseBug[] = [
  {
    bug: 'the claim is committed with the answer',
    caughtBy: 'shows the claim to everybody before the outside world is called',
    leased: (connections) => {
      const engine = new Engine(connections);
      return {
        execute: async <Input>(
          operation: Parameters<Engine['execute']>[0][number],
          work: LeasedWork<Input>,
        ) => {
          const [outcome] = await engine.execute([operation], async () => [
            await work({ key: operation.key } as LeasedOperation<Input>),
          ]);
          return outcome ?? { kind: 'in-flight' };
        },
      };
    },
  },
  {
    bug: 'nobody looks whether a lease is over',
    caughtBy: 'keeps others out while the lease lasts, and lets one in when it is over',
    leased: rewriting(({ text, values = [] }, run) =>
      run({
        values,
        text: text
          .replace('coalesce(leased_until > statement_timestamp(), false) AS leased', 'false AS leased')
          .replace('coalesce(leased_until <= clock_timestamp(), true)', 'true'),
      }),
    ),
  },
  {
    bug: 'a successor begins anew',
    caughtBy: 'continues from what a dead owner had recorded',
    leased: forgetful,
  },
  {
    bug: 'downstream keys are the owner’s',
    caughtBy: 'calls again with the same key when the owner died between a call and its record',
    leased: misleading((operation) => ({
      step: (name: string, work: (call: object) => Promise<unknown>) =>
        operation.step(name, (call) => work({ ...call, key: `${call.key}:${randomUUID()}` })),
    })),
  },
  {
    bug: 'the completion is not fenced',
    caughtBy: 'keeps the answer of the successor when a late owner completes',
    leased: unfenced('semel-complete-lease', 'semel-hold-lease'),
  },
  {
    bug: 'steps are not fenced',
    caughtBy: 'takes no step of a late owner',
    leased: unfenced('semel-hold-lease'),
  },
  {
    bug: 'giving back is not fenced',
    caughtBy: 'keeps the lease of the successor when a late owner fails',
    leased: unfenced('semel-lapse-lease', 'semel-forget-lease'),
  },
];
