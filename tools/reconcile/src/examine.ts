import { setTimeout as pause } from 'node:timers/promises';
import {
  PURCHASE_CANCELLED,
  PURCHASE_PLACED,
  PURCHASES,
  RESERVATIONS,
  STOCK_REJECTED,
  STOCK_RESERVED,
} from '@semel/contracts';
import { readParked } from './parked.js';
import { settle } from './settle.js';
import { readOrders } from './sql/read-orders.js';
import { readUnsent } from './sql/read-outbox.js';
import { readRegister } from './sql/read-register.js';
import { readReservations } from './sql/read-reservations.js';
import { type Awaited, type Judgement, judge } from './story.js';
import type { Surroundings } from './surroundings.js';

/** An order that is not at rest. */
export interface Suspect {
  readonly id: string;
  readonly judgement: Extract<Judgement, { kind: 'open' | 'overtaken' }>;
}

/** Which messages are awaited where, and who consumes them. */
const ways = [
  { topic: PURCHASES, group: 'inventory', sender: 'order', awaited: ['placed', 'cancelled'] },
  { topic: RESERVATIONS, group: 'order', sender: 'inventory', awaited: ['answer'] },
] as const;
type Way = (typeof ways)[number];

const types: Readonly<Record<Awaited, readonly string[]>> = {
  placed: [PURCHASE_PLACED],
  cancelled: [PURCHASE_CANCELLED],
  answer: [STOCK_RESERVED, STOCK_REJECTED],
};

/** An order changes its status twice and its reservation twice: whoever moved more often than that was not the same order. */
const rounds = 6;

/**
 * Looks for the message that each suspect waits for, in the order in which a message travels: sender's outbox, topic, parking lot.
 * It can't slip through between two looks, because each is taken after the one before it. What is not in the outbox any more was
 * acknowledged, and so is below the topic's end, which is read next. Once the consumer has committed that end, the message has had
 * its effect or was parked, and both were there before the commit. So the pair is read again, then the parking lot; and whoever
 * has neither moved nor been parked has lost a message.
 */
export async function examine(surroundings: Surroundings, suspects: readonly Suspect[]): Promise<void> {
  let open = suspects;
  for (let round = 0; open.length > 0 && round < rounds; round += 1) {
    const sent = await withoutUnsent(surroundings, open);
    const consumed = await withoutUnconsumed(surroundings, sent);
    const { moved, still } = await lookAgain(surroundings, consumed);
    await reportLost(surroundings, still);
    open = moved;
  }
  for (const { id, judgement } of open)
    surroundings.report.explain('moving while it is looked at', `${id}: ${judgement.pair}`);
}

const awaits = ({ judgement }: Suspect, way: Way): readonly Awaited[] =>
  judgement.kind === 'open'
    ? judgement.awaits.filter((message) => way.awaited.some((one) => one === message))
    : [];

/** Sets those aside whose message is still with its sender. */
async function withoutUnsent(surroundings: Surroundings, suspects: readonly Suspect[]): Promise<Suspect[]> {
  const explained = new Set<string>();
  for (const way of ways) {
    const waiting = new Map(
      suspects.filter((one) => awaits(one, way).length > 0).map((one) => [one.id, one]),
    );
    if (waiting.size === 0) continue;
    for (const { key, type, setAside } of await surroundings[way.sender].query(
      readUnsent([...waiting.keys()]),
    )) {
      const suspect = waiting.get(key);
      if (suspect === undefined || explained.has(key)) continue;
      if (!awaits(suspect, way).some((message) => types[message].includes(type))) continue;
      explained.add(key);
      const where = setAside === null ? 'waiting in' : `set aside (${setAside}) in`;
      surroundings.report.explain(
        `${type} ${where} the outbox of ${way.sender}`,
        `${key}: ${suspect.judgement.pair}`,
      );
    }
  }
  return suspects.filter(({ id }) => !explained.has(id));
}

/** Waits until the consumers have got to where the topics end now, as long as there is patience; sets those aside that they don't get to. */
async function withoutUnconsumed(
  surroundings: Surroundings,
  suspects: readonly Suspect[],
): Promise<Suspect[]> {
  const behind = new Map<Way, bigint>();
  for (const way of ways) {
    if (!suspects.some((one) => awaits(one, way).length > 0)) continue;
    const lag = await lagBehindNow(surroundings, way);
    if (lag > 0n) behind.set(way, lag);
  }
  return suspects.filter((suspect) => {
    const [late] = [...behind].find(([way]) => awaits(suspect, way).length > 0) ?? [];
    if (late === undefined) return true;
    surroundings.report.explain(
      `on its way: the consumer ${late.group} is ${behind.get(late)} messages behind on ${late.topic}`,
      `${suspect.id}: ${suspect.judgement.pair}`,
    );
    return false;
  });
}

/** @returns how many of the messages that the topic has now are not consumed when patience ends */
async function lagBehindNow({ cluster, waitUntil }: Surroundings, { topic, group }: Way): Promise<bigint> {
  const extents = await cluster.extents(topic);
  for (;;) {
    const consumed = await cluster.consumed(group, topic);
    const lag = extents.reduce((sum, { partition, low, high }) => {
      const at = consumed.get(partition) ?? 0n;
      const next = at < low ? low : at;
      return sum + (next < high ? high - next : 0n);
    }, 0n);
    if (lag === 0n || performance.now() >= waitUntil) return lag;
    await pause(200);
  }
}

/** Reads both sides again, the order first. */
async function lookAgain(
  { order, inventory, report }: Surroundings,
  suspects: readonly Suspect[],
): Promise<{ moved: Suspect[]; still: Suspect[] }> {
  const ids = suspects.map(({ id }) => id);
  if (ids.length === 0) return { moved: [], still: [] };
  const orders = new Map((await order.query(readOrders(ids))).map((one) => [one.id, one]));
  const reservations = new Map((await inventory.query(readReservations(ids))).map((one) => [one.id, one]));
  const moved: Suspect[] = [];
  const still: Suspect[] = [];
  for (const suspect of suspects) {
    const { id } = suspect;
    const one = orders.get(id);
    if (one === undefined) {
      report.disagree(
        'order-vanished',
        id,
        'The order was there a moment ago. Nothing ever deletes an order.',
      );
      continue;
    }
    const judgement = judge(one, reservations.get(id));
    if (judgement.kind === 'at-rest') settle(report, one, judgement.as);
    else if (judgement.kind === 'wrong') report.disagree(judgement.what, id, judgement.detail);
    else if (judgement.pair !== suspect.judgement.pair) moved.push({ id, judgement });
    else still.push({ id, judgement });
  }
  return { moved, still };
}

/** Those that have not moved although whatever they wait for was consumed: it was parked, or it is lost. */
async function reportLost(surroundings: Surroundings, suspects: readonly Suspect[]): Promise<void> {
  const { report } = surroundings;
  const parked = suspects.length === 0 ? new Map<string, string>() : await findParked(surroundings, suspects);
  for (const { id, judgement } of suspects) {
    const where = parked.get(id);
    if (where !== undefined) report.explain(where, `${id}: ${judgement.pair}`);
    else if (judgement.kind === 'overtaken') {
      report.disagree('statuses-disagree', id, `The order is ${judgement.pair}.`);
    } else {
      const names = judgement.awaits.flatMap((message) => types[message]).join(' or ');
      report.disagree(
        'event-lost',
        id,
        `The order is ${judgement.pair}, and ${names} is neither in the outbox, nor on its way, nor parked.`,
      );
    }
  }
}

/** By order: its message in the parking lot, or in the lot's register, which remembers for longer. */
async function findParked(
  surroundings: Surroundings,
  suspects: readonly Suspect[],
): Promise<ReadonlyMap<string, string>> {
  const parked = new Map<string, string>();
  for (const way of ways) {
    const keys = new Map(suspects.filter((one) => awaits(one, way).length > 0).map((one) => [one.id, one]));
    if (keys.size === 0) continue;
    const note = ({ key, type, reason }: { key: string; type: string; reason: string }, state: string) => {
      const suspect = keys.get(key);
      if (suspect && awaits(suspect, way).some((message) => types[message].includes(type))) {
        parked.set(key, `${type} ${state} (${reason})`);
      }
    };
    await readParked(surroundings.cluster, way.topic, (message) => note(message, 'parked'));
    const register = await surroundings[way.group].query(readRegister(way.topic, [...keys.keys()]));
    for (const message of register) note(message, message.state);
  }
  return parked;
}
