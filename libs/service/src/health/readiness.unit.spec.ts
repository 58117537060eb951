import type { Service } from '../create-service.js';
import { startSmallShop } from '../testing/small-shop.spec.js';

let service: Service | undefined;
afterEach(() => service?.stop());

const started = async (checks: Record<string, () => unknown>) => {
  const shop = await startSmallShop({ checks: () => checks });
  service = shop.service;
  return { ...shop, ready: () => fetch(`${shop.url}/health/ready`) };
};

it('is 503 while any check fails, and 200 as soon as all pass', async () => {
  let broken = true;
  const { ready, url, lines } = await started({
    postgres: async () => {
      if (broken) throw new Error('connect ECONNREFUSED 10.0.0.7:5432');
    },
    kafka: () => undefined,
  });
  const refused = await ready();
  expect(refused.status).toBe(503);
  const text = await refused.text();
  expect(JSON.parse(text)).toMatchObject({
    details: { postgres: { status: 'down' }, kafka: { status: 'up' } },
  });
  expect(text).not.toContain('10.0.0.7');
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  await ready();
  broken = false;
  expect((await ready()).status).toBe(200);
  expect(lines.filter(({ check }) => check === 'postgres').map(({ msg }) => msg)).toEqual([
    'not ready',
    'ready again',
  ]);
});

it('takes a check that does not answer for failed', async () => {
  const { ready } = await started({ postgres: () => new Promise(() => undefined) });
  expect((await ready()).status).toBe(503);
});

it('takes a check that throws at once for failed', async () => {
  const { ready } = await started({
    kafka: () => {
      throw new Error('not joined');
    },
  });
  expect((await ready()).status).toBe(503);
});
