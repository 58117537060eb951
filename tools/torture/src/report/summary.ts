import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import type { SystemName } from '../chamber/services.js';
import { invariants } from '../check/check.js';
import { answered, testify } from '../check/testimony.js';
import type { FaultKind } from '../faults/kinds.js';
import { faultKinds } from '../faults/kinds.js';
import { root } from '../folders.js';
import { plants } from '../plants/plants.js';
import type { RunOptions, RunResult } from '../run/run.js';

export interface Summary {
  readonly at: string;
  readonly seed: number;
  readonly seconds: number;
  readonly faults: readonly FaultKind[];
  readonly instances: number;
  /** What was tortured; the shop alone where it is not said. */
  readonly systems?: readonly SystemName[];
  /** How many times as often as usual. */
  readonly often: number;
  readonly plant?: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly took: RunResult['took'];
  /** What was carried out, by kind. */
  readonly tally: RunResult['tally'];
  readonly counts: {
    /** Different keys of different callers. */
    readonly operations: number;
    /** Requests with a key. */
    readonly requests: number;
    readonly answered: number;
    readonly unanswered: number;
    readonly processKills: number;
    readonly connectionFaults: number;
    readonly serverRestarts: number;
    readonly orders: Readonly<Record<string, number>>;
    readonly adjustments: number;
    /** Absent where there were none to be made. */
    readonly payments?: number;
    /** Payments that were continued by another owner than who had begun them. */
    readonly takeOvers?: number;
    /** Records of both topics, repeats included. */
    readonly events: number;
    readonly repeats: number;
    readonly parked: number;
  };
  readonly deaths: readonly string[];
  /** By invariant: how often it was violated. Every invariant is named. */
  readonly invariants: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
}

/** A bug, by which invariants it was caught, and how many seconds after the first request that was known. */
export interface Caught {
  readonly plant: string;
  readonly by: readonly string[];
  readonly seconds: number;
}

/** What --json writes. */
export interface Results {
  readonly runs: readonly Summary[];
  readonly plants: readonly Caught[];
}

export function caughtOf(plant: string, summary: Summary): Caught {
  const by = Object.entries(summary.invariants).flatMap(([name, count]) => (count > 0 ? [name] : []));
  const { storm, rest, check } = summary.took;
  return { plant, by, seconds: Math.round(storm + rest + check) };
}

/** Whether it was caught by one of the invariants that have to catch it: another may have been violated by chance. */
export function isCaught({ plant, by }: Caught): boolean {
  return plants[plant]?.caughtBy.some((invariant) => by.includes(invariant)) ?? false;
}

export function summaryOf(options: Omit<RunOptions, 'say' | 'keep'>, result: RunResult): Summary {
  const { evidence, tally, violations, took, deaths } = result;
  const { keys, order, inventory, payment, topics } = testify(evidence);
  const events = [...(topics.purchases ?? []), ...(topics.reservations ?? [])];
  const ids = new Set(events.map(({ headers }) => headers.ce_id ?? Math.random()));
  const statuses: Record<string, number> = {};
  for (const { status } of order.orders) statuses[status] = (statuses[status] ?? 0) + 1;
  const attempts = [...keys.values()].flatMap((key) => key.attempts);
  const ofKind = (kind: string): number =>
    Object.entries(tally).reduce(
      (sum, [name, count]) => sum + (faultKinds[name as FaultKind].counts === kind ? count : 0),
      0,
    );
  return {
    at: new Date().toISOString(),
    seed: options.seed,
    seconds: options.seconds,
    faults: options.faults,
    instances: options.instances,
    systems: options.systems,
    often: options.often,
    ...(options.plant !== undefined && { plant: options.plant }),
    versions: { ...versions(), ...result.versions },
    took,
    tally,
    counts: {
      operations: keys.size,
      requests: attempts.length,
      answered: [...keys.values()].filter((key) => answered(key).length > 0).length,
      unanswered: attempts.filter(({ outcome }) => outcome === 'info' || outcome === 'open').length,
      processKills: tally.kill ?? 0,
      connectionFaults: ofKind('connection'),
      serverRestarts: ofKind('server'),
      orders: statuses,
      adjustments: inventory.movements.filter(({ kind }) => kind === 'adjustment').length,
      payments: payment.payments.length,
      takeOvers: payment.keys.filter(({ fence, operationId }) => fence !== operationId).length,
      events: events.length,
      repeats: events.length - ids.size,
      parked: (topics['purchases.dlq'] ?? []).length + (topics['reservations.dlq'] ?? []).length,
    },
    deaths,
    invariants: Object.fromEntries(
      Object.keys(invariants).map((name) => [
        name,
        violations.filter(({ invariant }) => invariant === name).length,
      ]),
    ),
    violations: violations
      .slice(0, 50)
      .map(
        ({ invariant, key, sentence }) => `${invariant}${key === undefined ? '' : ` (${key})`}: ${sentence}`,
      ),
  };
}

function versions(): Record<string, string> {
  const commit = (): string => {
    try {
      return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
        cwd: root,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim();
    } catch {
      return 'unknown';
    }
  };
  return {
    commit: commit(),
    node: process.version,
    machine: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform} ${process.arch}`,
  };
}
