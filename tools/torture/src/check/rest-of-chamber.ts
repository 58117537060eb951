import { setTimeout as pause } from 'node:timers/promises';
import { PURCHASES, RESERVATIONS } from '@semel/contracts';
import type { Admin } from 'kafkajs';
import type { Chamber } from '../chamber/chamber.js';
import type { Publisher } from '../chamber/services.js';
import type { Offset, Rest } from './evidence.js';

const consumed: Readonly<Record<Publisher, string>> = { order: RESERVATIONS, inventory: PURCHASES };

/** Of a service's pool, of its relay, and of what else of it talks to the database. */
const connectionsOfInstance = { pool: 12, relay: 3 } as const;

/** Where the groups are, and where their topics end. */
export async function readOffsets({ publishers }: Chamber, admin: Admin): Promise<Offset[]> {
  return (await Promise.all(publishers.map((group) => offsetsOf(admin, group, consumed[group])))).flat();
}

async function offsetsOf(admin: Admin, group: string, topic: string): Promise<Offset[]> {
  const ends = await admin.fetchTopicOffsets(topic);
  const [committed] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
  return ends.map(({ partition, high }) => {
    const at = Number(committed?.partitions.find((one) => one.partition === partition)?.offset ?? 0);
    return { group, topic, partition, committed: Math.max(0, at), end: Number(high) };
  });
}

/** What of the shop is still to be done, as sentences. */
async function remainingOfShop(chamber: Chamber, admin: Admin): Promise<string[]> {
  const remains: string[] = [];
  const say = (count: number, what: string): void => {
    if (count > 0) remains.push(`${count} ${what}`);
  };
  for (const service of chamber.publishers) {
    const [row] = await chamber.query<{ events: number }>(
      service,
      'SELECT count(*)::int AS events FROM outbox WHERE published_at IS NULL',
    );
    say(row?.events ?? 0, `events in the outbox of ${service}`);
  }
  for (const service of chamber.publishers) {
    // A register commits its offsets after its rows, as a consumer does.
    for (const [group, topic] of [
      [service, consumed[service]],
      [`${service}.parking`, `${consumed[service]}.dlq`],
    ] as const) {
      const offsets = await offsetsOf(admin, group, topic);
      const lag = offsets.reduce((sum, { committed, end }) => sum + Math.max(0, end - committed), 0);
      say(lag, `messages of ${topic} not consumed by ${group}`);
    }
  }
  const [orders] = await chamber.query<{ placed: number }>(
    'order',
    `SELECT count(*)::int AS placed FROM orders WHERE status = 'placed'`,
  );
  say(orders?.placed ?? 0, 'orders still placed');
  return remains;
}

/** Leases that somebody has. One that is over waits for whoever asks again, for as long as its key lives. */
async function remainingOfPayments(chamber: Chamber): Promise<string[]> {
  const [row] = await chamber.query<{ leases: number }>(
    'payment',
    'SELECT count(*)::int AS leases FROM idempotency_key WHERE leased_until > clock_timestamp()',
  );
  return row && row.leases > 0 ? [`${row.leases} payments under a lease`] : [];
}

/** Waits until nothing is to be done any more. @returns what still is when patience ends */
export async function awaitRest(chamber: Chamber, patience: AbortSignal): Promise<string[]> {
  const admin = chamber.publishers.length > 0 ? chamber.kafka().admin() : undefined;
  await admin?.connect();
  try {
    for (;;) {
      const remains = [
        ...(admin ? await remainingOfShop(chamber, admin) : []),
        ...(chamber.services.includes('payment') ? await remainingOfPayments(chamber) : []),
      ];
      if (remains.length === 0 || patience.aborted) return remains;
      await pause(200);
    }
  } finally {
    await admin?.disconnect();
  }
}

/** Locks, open transactions and connections while nobody has anything to do; what lasts for 3 s is held. */
export async function readHeld(chamber: Chamber): Promise<Pick<Rest, 'held' | 'connections'>> {
  let held = await heldNow(chamber);
  for (let look = 0; look < 15; look += 1) {
    await pause(200);
    const again = await heldNow(chamber);
    held = held.filter((one) => again.includes(one));
  }
  const connections: Rest['connections'][number][] = [];
  for (const service of chamber.services) {
    const instances = chamber.of(service).length;
    const rows = await chamber.query<{ name: string; count: number }>(
      service,
      `SELECT application_name AS name, count(*)::int AS count FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' GROUP BY 1`,
    );
    for (const { name, count } of rows) {
      const relay = name === 'outbox-relay';
      const most = relay ? connectionsOfInstance.relay * instances : connectionsOfInstance.pool;
      connections.push({ name: relay ? `${name} of ${service}` : name, count, most });
    }
  }
  return { held, connections };
}

async function heldNow(chamber: Chamber): Promise<string[]> {
  const held: string[] = [];
  for (const service of chamber.services) {
    const rows = await chamber.query<{ what: string }>(
      service,
      `SELECT 'an advisory lock (' || a.application_name || ', pid ' || a.pid || ')' AS what
       FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)
       WHERE l.locktype = 'advisory' AND a.datname = current_database()
       UNION ALL
       SELECT 'a transaction (' || application_name || ', pid ' || pid || ', ' || state || ')' FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'`,
    );
    held.push(...rows.map(({ what }) => `${what} in ${service}’s database`));
  }
  return held;
}
