import { randomUUID } from 'node:crypto';
import { freePort } from '@semel/platform';
import { startSecond } from '../project/second-instance.js';
import { order } from '../shop/exchange.js';
import { tokenOf } from '../shop/token.js';
import type { Trial } from './chapter.js';

const keys = 25;
const ports = { order: 3001, inventory: 3002 } as const;

/** A second container of each service beside the first; the same keys at both at once. */
export async function moreInstances({ project, report, promised }: Trial): Promise<void> {
  report.begin('A second instance of each service');
  const port = await freePort();
  for (const service of ['order', 'inventory'] as const) {
    const publishedPort = service === 'order' ? port : await freePort();
    await startSecond(project, service, { port: ports[service], publishedPort });
  }
  await project.until('both second instances are healthy', (all) =>
    all.every(({ status, health }) => status !== 'running' || health === 'healthy'),
  );
  const second = (await project.containers()).filter(({ isOneOff }) => isOneOff);
  report.holds(second.length === 2, `healthy: ${second.map(({ service }) => `${service}-2`).join(', ')}`);

  const token = await tokenOf(project, 'alice');
  const urls = [project.url('order'), `http://127.0.0.1:${port}`];
  const pairs = await Promise.all(
    Array.from({ length: keys }, async () => {
      const key = randomUUID();
      const both = await Promise.all(urls.map((url) => order({ url, token, key, quantity: 1 })));
      // Whoever heard 409 asks again, elsewhere.
      const last = await Promise.all(urls.map((url) => order({ url, token, key, quantity: 1 })));
      return { first: both, ids: new Set([...both, ...last].flatMap(({ orderId }) => orderId ?? [])) };
    }),
  );
  for (const id of pairs.flatMap(({ ids }) => [...ids])) promised.add(id);
  const doubled = pairs.filter(({ ids }) => ids.size !== 1);
  const ran = pairs
    .flatMap(({ first }) => first)
    .filter(({ status, replayed }) => status === 201 && !replayed);
  report.holds(
    doubled.length === 0 && ran.length === keys,
    `${keys} keys sent to both at once: ${ran.length} executions, ${keys - doubled.length} keys with one order`,
  );

  for (const { id, service } of second) {
    await project.engineCommand('stop', '-t', '30', id);
    const stopped = (await project.containers()).find((one) => one.id === id);
    report.holds(stopped?.exitCode === 0, `${service}-2 stops with 0`, String(stopped?.exitCode));
    await project.engineCommand('rm', id);
  }
}
