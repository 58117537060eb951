import { join } from 'node:path';
import { kafkaVersion } from '@semel/platform';
import { Chamber } from '../chamber/chamber.js';
import type { SystemName } from '../chamber/services.js';
import { check } from '../check/check.js';
import type { Evidence, Rest } from '../check/evidence.js';
import { gather } from '../check/gather.js';
import type { Violation } from '../check/invariant.js';
import { awaitRest, readHeld } from '../check/rest-of-chamber.js';
import { healed } from '../check/testimony.js';
import { settle, shop } from '../clients/crowd.js';
import { Connections } from '../clients/http.js';
import type { Street } from '../clients/shopper.js';
import type { FaultKind } from '../faults/kinds.js';
import { type ScheduleOptions, scheduleOf } from '../faults/schedule.js';
import { Storm, type Tally } from '../faults/storm.js';
import { History } from '../history/history.js';
import { requireFitting } from '../plants/plant-into.js';
import { openStreet } from './open-street.js';

export interface RunOptions extends Omit<ScheduleOptions, 'kinds' | 'services'> {
  readonly systems: readonly SystemName[];
  readonly faults: readonly FaultKind[];
  /** Operations a second that clients would like. */
  readonly rate: number;
  readonly plant?: string;
  /** Leaves logs and history in place. */
  readonly keep: boolean;
  readonly say: (line: string) => void;
}

export interface RunResult {
  readonly evidence: Evidence;
  readonly violations: readonly Violation[];
  readonly tally: Tally;
  /** Services that ended without being killed: how and after which age. */
  readonly deaths: readonly string[];
  /** Seconds that each part took. */
  readonly took: {
    readonly start: number;
    readonly storm: number;
    readonly rest: number;
    readonly check: number;
  };
  readonly versions: Readonly<Record<string, string>>;
}

/** How long services may take to be ready after the healing, then to answer each who asks, then to come to rest; milliseconds. */
const patience = 60_000;

/** A chamber is built, tortured, healed and examined. */
export async function run(options: RunOptions): Promise<RunResult> {
  if (options.plant !== undefined) requireFitting(options.plant);
  const began = performance.now();
  const chamber = await Chamber.open(options);
  let endings: string[] = [];
  let seen: Examined;
  try {
    seen = await torment(chamber, options, began);
  } finally {
    endings = await chamber.close(options.keep);
  }
  const { evidence: testified, rest, ...result } = seen;
  const evidence = { ...testified, rest: { ...rest, endings } };
  return { ...result, evidence, violations: check(evidence) };
}

interface Examined extends Omit<RunResult, 'evidence' | 'violations'> {
  readonly evidence: Omit<Evidence, 'rest'>;
  readonly rest: Omit<Rest, 'endings'>;
}

async function torment(chamber: Chamber, options: RunOptions, began: number): Promise<Examined> {
  const { seed, seconds, say, faults, instances, often } = options;
  const { services } = chamber;
  const connections = new Connections();
  const history = new History(join(chamber.folder, 'history.jsonl'));
  try {
    const street = await openStreet(chamber, history, connections);
    const started = performance.now();
    say(`Seed ${seed}: ${seconds} s of ${faults.join(', ') || 'no faults'} …`);
    const storm = new Storm(chamber, history, seed);
    const dusk = new AbortController();
    const shoppers = Math.max(32, Math.round(options.rate / 2.5));
    const shopping = shop(street, { seed, shoppers, perSecond: options.rate }, dusk.signal);
    await storm.rage(scheduleOf({ seed, seconds, kinds: faults, services, instances, often }), seconds);
    dusk.abort();
    const calm = performance.now();
    say('The faults are over. Waiting until everything is at rest …');
    const remains = await comeToRest(chamber, street, seed, shopping);
    const rested = performance.now();
    say('Reading the databases and the topics …');
    const held = await readHeld(chamber);
    const evidence = await gather(chamber, history);
    const deaths = chamber.instances.flatMap((instance) => instance.deaths);
    return {
      evidence,
      rest: { remains, ...held, deaths },
      tally: storm.tally,
      deaths,
      took: {
        start: since(began, started),
        storm: since(started, calm),
        rest: since(calm, rested),
        check: since(rested, performance.now()),
      },
      versions: { kafka: kafkaVersion, postgres: await postgresVersion(chamber) },
    };
  } finally {
    await connections.close();
    await history.close();
  }
}

async function postgresVersion(chamber: Chamber): Promise<string> {
  const [row] = await chamber.query<{ server_version: string }>('postgres', 'SHOW server_version');
  return row?.server_version ?? 'unknown';
}

const since = (from: number, to: number): number => Math.round((to - from) / 100) / 10;

/** Services are up, whoever wants an answer has it, and no event is on its way; or patience has ended. */
async function comeToRest(
  chamber: Chamber,
  street: Street,
  seed: number,
  shopping: Promise<void>,
): Promise<string[]> {
  const healing = AbortSignal.timeout(patience);
  const remains: string[] = [];
  const within = async (what: string, work: Promise<unknown>): Promise<void> => {
    try {
      await work;
    } catch (error) {
      remains.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  await Promise.all(chamber.processes.map((one) => within(`${one.name} is not ready`, one.ready(healing))));
  await shopping;
  street.history.add({ event: 'note', what: healed });
  await settle(street, seed, patience);
  remains.push(...(await awaitRest(chamber, AbortSignal.timeout(patience))));
  return remains;
}
