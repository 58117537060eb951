import { once } from 'node:events';
import { Injectable, Module, type OnApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import { SmallShop, slow, startSmallShop } from '../testing/small-shop.spec.js';

let events: string[] = [];
beforeEach(() => {
  events = [];
});

@Injectable()
class Relay implements OnModuleDestroy, OnApplicationShutdown {
  onModuleDestroy(): void {
    events.push('relay');
  }
  onApplicationShutdown(): void {
    events.push('pool');
  }
}

@Module({ imports: [SmallShop], providers: [Relay] })
class ShopWithRelay {}

class Consumer extends Server implements CustomTransportStrategy {
  listen(callback: () => void): void {
    callback();
  }
  close(): void {
    if (!events.includes('consumers')) events.push('consumers');
  }
  on(): this {
    return this;
  }
  unwrap<T>(): T {
    throw new Error('nothing to unwrap');
  }
}

it('is not ready while a request still runs, refuses others, and lets that one finish before anything is closed', async () => {
  const { service, url } = await startSmallShop({ module: ShopWithRelay, transport: () => new Consumer() });
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  const arrived = once(slow, 'arrived');
  const running = fetch(`${url}/slow`).then((response) => response.json());
  slow.once('finished', () => events.push('request'));
  await arrived;
  const stopped = service.stop();
  const ready = await fetch(`${url}/health/ready`);
  expect([ready.status, ready.headers.get('connection')]).toEqual([503, 'close']);
  expect(await ready.json()).toMatchObject({
    status: 'error',
    details: { 'accepting-requests': { status: 'down' } },
  });
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  const refused = await fetch(`${url}/orders`);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  expect(await refused.json()).toMatchObject({ code: 'service-unavailable' });
  expect(events).toEqual([]);
  slow.emit('release');
  expect(await running).toEqual({ finished: true });
  await stopped;
  expect(events).toEqual(['request', 'consumers', 'relay', 'pool']);
  await expect(fetch(`${url}/health/live`)).rejects.toThrow();
});

it('cuts a request that takes longer than it may', async () => {
  const { service, url, lines } = await startSmallShop({ shutdownTimeoutMs: 50 });
  const arrived = once(slow, 'arrived');
  const running = fetch(`${url}/slow`);
  const failed = expect(running).rejects.toThrow();
  await arrived;
  await service.stop();
  await failed;
  slow.emit('release');
  expect(lines.some(({ requests }) => requests === 1)).toBe(true);
});

it('is stopped once, however often it is asked', async () => {
  const { service } = await startSmallShop({ module: ShopWithRelay });
  await Promise.all([service.stop(), service.stop()]);
  expect(events).toEqual(['relay', 'pool']);
});
