import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { runningProcesses } from '@semel/stack';
import { orderIn } from '../shop-client.js';
import type { Tour } from '../tour.js';

const clients = 60;
const skus = ['COF-FILTER-250', 'TEA-ASSAM-100', 'KIT-PEELER-Y', 'KIT-JAR-1L'];
/** Between two clients: the kills fall into the middle of them. */
const apart = 40;
const patience = 60_000;

/** Both services are killed while clients order, each with a key of its own and as long as it takes. */
export async function kills(tour: Tour): Promise<void> {
  const { teller, client, acknowledged } = tour;
  await teller.chapter('kill -9, in the middle of it');
  teller.does(`${clients} clients order, one every ${apart} ms`);
  let killed: Promise<void> = Promise.resolve();
  const shoppers: Promise<{ readonly id: string; readonly attempts: number }>[] = [];
  for (let number = 0; number < clients; number += 1) {
    const sku = skus[number % skus.length] ?? 'TEA-ASSAM-100';
    shoppers.push(
      client
        .placeUntilAnswered({ key: randomUUID(), lines: [{ sku, quantity: 1 }] })
        .then(({ answer, attempts }) => ({ id: orderIn(answer).id, attempts })),
    );
    if (number === 20) killed = killed.then(() => kill(tour, 'order'));
    if (number === 30) killed = killed.then(() => kill(tour, 'inventory'));
    await delay(apart);
  }
  await killed;
  const all = await Promise.all(shoppers);
  acknowledged.push(...all.map(({ id }) => id));
  const persistent = all.filter(({ attempts }) => attempts > 1);
  teller.hears(
    `${persistent.length} clients had to ask more than once, the most patient ${Math.max(...all.map(({ attempts }) => attempts))} times`,
  );
  teller.holds(
    new Set(all.map(({ id }) => id)).size === clients,
    `${clients} clients, ${clients} answers, ${clients} orders`,
  );
  await back(tour, ['order', 'inventory']);
}

async function kill({ teller }: Tour, name: string): Promise<void> {
  const found = (await runningProcesses()).find((process) => process.name === name);
  if (found?.pid == null) {
    teller.hears(`${name} is no process of this stack: it lives on`);
    return;
  }
  process.kill(found.pid, 'SIGKILL');
  teller.does(`kill -9 ${found.pid} (${name})`);
}

/** Until the supervision has started them again. */
async function back({ teller }: Tour, names: readonly string[]): Promise<void> {
  const givenUp = performance.now() + patience;
  while (performance.now() < givenUp) {
    const processes = await runningProcesses();
    const found = processes.filter(({ name }) => names.includes(name));
    if (found.every(({ state }) => state === 'ready')) {
      teller.hears(`both are back: ${found.map(({ name, pid }) => `${name} pid ${pid}`).join(', ')}`);
      return;
    }
    await delay(100);
  }
  teller.holds(false, 'Both services are started again');
}
